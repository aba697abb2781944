import AuroraModel
import Foundation

/// Makes the folders and files that a service needs before it starts. Files that are as they should be are left alone.
struct ServicePreparation {
    let plan: ProcessPlan
    let account: ServiceAccount

    func make() throws(AuroraError) {
        for folder in plan.folders { try makeFolder(folder) }
        for file in plan.files { try makeFile(file) }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: plan.folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw AuroraError(
                .notFound, "there is no folder '\(plan.folder)' to run service '\(plan.name)' in", hint: "make it, or name another")
        }
    }

    private func makeFolder(_ path: String) throws(AuroraError) {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue { return }
        do { try FolderFiles.makeFolder(path) } catch { throw failure(error, path) }
        try own(path)
    }

    private func makeFile(_ file: PlannedFile) throws(AuroraError) {
        let bytes = Array(file.contents.utf8)
        let mode = mode_t(truncatingIfNeeded: file.mode & 0o777)
        if FileManager.default.contents(atPath: file.path).map(Array.init) != bytes {
            do {
                try FolderFiles.makeFolder(URL(filePath: file.path).deletingLastPathComponent().path)
                try FolderFiles.write(bytes, to: file.path)
            } catch { throw failure(error, file.path) }
            try own(file.path)
        }
        guard chmod(file.path, mode) == 0 else { throw denied(file.path) }
    }

    private func own(_ path: String) throws(AuroraError) {
        guard account.isOther else { return }
        guard chown(path, account.uid, account.gid) == 0 else { throw denied(path) }
    }

    private func denied(_ path: String) -> AuroraError {
        AuroraError(
            .failed, "cannot give '\(path)' its owner and mode: \(String(cString: strerror(errno)))", hint: "check who owns its folder")
    }

    private func failure(_ error: any Error, _ path: String) -> AuroraError {
        (error as? AuroraError) ?? AuroraError(.failed, "cannot write '\(path)': \(error)")
    }
}
