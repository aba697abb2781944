import AuroraLive
import AuroraModel
import Foundation

/// Writes rendered files below one folder.
enum RenderedFiles {
    /// Each file appears whole or not at all; one that holds secrets is never readable for others, also while it is written.
    static func write(_ files: [PlannedFile], to folder: String) throws {
        for file in files {
            let path = "\(folder)/\(file.path)"
            do {
                try FileManager.default.createDirectory(
                    atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
                    attributes: [.posixPermissions: file.isSecret ? 0o700 : 0o755])
                try FolderFiles.write(Array(file.contents.utf8), to: path, mode: file.mode)
            } catch let error as AuroraError {
                throw error
            } catch {
                throw AuroraError(
                    .failed, "cannot write '\(path)': \(error.localizedDescription)",
                    hint: "check the folder's rights, or name another with --out")
            }
        }
    }
}
