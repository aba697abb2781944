public import AuroraApply
public import AuroraModel
import Foundation

extension LiveApplyDisk {
    public func makeFolder(_ path: String, mode: UInt16, owner: FileOwner?) throws(AuroraError) {
        let isNew = mkdir(path, 0o700) == 0
        guard isNew || errno == EEXIST else { throw DiskFailure.error("make the folder", path) }
        do throws(AuroraError) {
            let folder = try DiskFile(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, doing: "make the folder")
            try folder.set(mode: mode, owner: owner)
            try folder.sync()
        } catch {
            if isNew { rmdir(path) }
            throw error
        }
        if isNew { try syncFolder(of: path) }
    }

    public func removeFolderIfEmpty(_ path: String) throws(AuroraError) -> Bool {
        guard rmdir(path) == 0 else {
            switch errno {
            case ENOENT: return true
            case ENOTEMPTY, EEXIST: return false
            default: throw DiskFailure.error("remove the folder", path)
            }
        }
        try syncFolder(of: path)
        return true
    }

    public func removeTree(_ path: String) throws(AuroraError) {
        guard try look(tree: path) else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw AuroraError(
                .failed, "cannot remove '\(path)': \(FolderFiles.reason(error))", hint: "see who owns what is in it, then run this again")
        }
        try syncFolder(of: path)
    }

    public func moveTree(_ path: String, to target: String) throws(AuroraError) {
        if try look(tree: target) {
            throw AuroraError(.conflict, "cannot move '\(path)': '\(target)' is there already", hint: "move that away first")
        }
        // A copy that was cut short before is no good, whatever way is taken now.
        let part = target + ".part"
        try removeTree(part)
        if rename(path, target) != 0 {
            guard errno == EXDEV else { throw DiskFailure.error("move", path) }
            try copyAcross(path, by: part, to: target)
        }
        try syncFolder(of: target)
        try syncFolder(of: path)
    }

    /// To another disk: whole before it has its name, and only then away from where it was.
    private func copyAcross(_ path: String, by part: String, to target: String) throws(AuroraError) {
        do {
            try FileManager.default.copyItem(atPath: path, toPath: part)
        } catch {
            try? FileManager.default.removeItem(atPath: part)
            throw AuroraError(
                .failed, "cannot copy '\(path)' to '\(target)': \(FolderFiles.reason(error))", hint: "free some space on that disk")
        }
        sync()
        guard rename(part, target) == 0 else { throw DiskFailure.error("move", path) }
        try removeTree(path)
    }

    private func look(tree path: String) throws(AuroraError) -> Bool {
        var facts = stat()
        if lstat(path, &facts) == 0 { return true }
        guard errno == ENOENT || errno == ENOTDIR else { throw DiskFailure.error("look at", path) }
        return false
    }
}
