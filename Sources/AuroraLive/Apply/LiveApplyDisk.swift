public import AuroraApply
public import AuroraModel
import AuroraSystem
import Foundation

/// The disks of this machine. What a call changed has reached the disk when it returns, and folders too are told to.
public struct LiveApplyDisk: ApplyDisk {
    public init() {}

    public func look(_ path: String) throws(AuroraError) -> FileSeen {
        var facts = stat()
        guard lstat(path, &facts) == 0 else {
            // A file in the place of a folder above: at this path there is nothing either.
            guard errno == ENOENT || errno == ENOTDIR else { throw DiskFailure.error("look at", path) }
            return .missing
        }
        let owner = FileOwner(user: facts.st_uid, group: facts.st_gid)
        let mode = UInt16(truncatingIfNeeded: facts.st_mode & 0o7777)
        switch facts.st_mode & S_IFMT {
        case S_IFREG: return .file(digest: ContentDigest.of(try read(path, limit: ApplyLimits.file)), mode: mode, owner: owner)
        case S_IFDIR: return .folder(mode: mode, owner: owner)
        case S_IFLNK: return .other(kind: FileSeen.link)
        case S_IFSOCK: return .other(kind: "socket")
        case S_IFIFO: return .other(kind: "pipe")
        default: return .other(kind: "device")
        }
    }

    public func read(_ path: String, limit: Int) throws(AuroraError) -> [UInt8] {
        let file = try DiskFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, doing: "read")
        return try file.read(limit: limit)
    }

    public func list(_ folder: String) throws(AuroraError) -> [String] {
        guard let stream = opendir(folder) else {
            guard errno == ENOENT else { throw DiskFailure.error("list", folder) }
            return []
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    public func replace(_ path: String, with bytes: [UInt8], mode: UInt16, owner: FileOwner?) throws(AuroraError) {
        let temporary = Self.temporary(path)
        // What a crash left there is never written through: it may be anything by now.
        try tidy(path)
        do throws(AuroraError) {
            let file = try DiskFile(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, named: path, doing: "write")
            try file.write(bytes)
            try file.set(mode: mode, owner: owner)
            try file.sync()
            guard rename(temporary, path) == 0 else { throw DiskFailure.error("write", path) }
        } catch {
            _ = Foundation.unlink(temporary)
            throw error
        }
        try syncFolder(of: path)
    }

    public func tidy(_ path: String) throws(AuroraError) {
        try unlink(Self.temporary(path), doing: "write", named: path)
    }

    public func removeFile(_ path: String) throws(AuroraError) {
        try tidy(path)
        try unlink(path, doing: "remove", named: path)
    }

    /// Looks first: a disk that is read-only refuses to remove what is not there, too.
    private func unlink(_ path: String, doing: String, named: String) throws(AuroraError) {
        var facts = stat()
        guard lstat(path, &facts) == 0 || (errno != ENOENT && errno != ENOTDIR) else { return }
        guard Foundation.unlink(path) == 0 || errno == ENOENT else { throw DiskFailure.error(doing, named) }
        try syncFolder(of: path)
    }

    public func append(_ path: String, _ bytes: [UInt8]) throws(AuroraError) {
        let isNew = access(path, F_OK) != 0
        let file = try DiskFile(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, doing: "write")
        let length = try file.size()
        do throws(AuroraError) {
            try file.write(bytes)
            try file.sync()
        } catch {
            // Half a line helps nobody; were this to fail too, the reader would pass over it.
            file.cut(to: length)
            throw error
        }
        if isNew { try syncFolder(of: path) }
    }

    public func cut(_ path: String, to length: Int) throws(AuroraError) {
        let file = try DiskFile(path, O_WRONLY | O_NOFOLLOW, doing: "write")
        guard file.cut(to: length) else { throw DiskFailure.error("write", path) }
        try file.sync()
    }

    /// Beside the file, so that it is on the same disk; named after it, so that a second try finds what the first one left.
    static func temporary(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        return path.dropLast(name.count) + ".\(name).aurora-new"
    }

    /// Names are on the disk only when their folder is.
    func syncFolder(of path: String) throws(AuroraError) {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        guard access(folder, F_OK) == 0 else { return }
        try DiskFile(folder, O_RDONLY | O_DIRECTORY, doing: "write").sync()
    }
}
