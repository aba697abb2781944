import AuroraModel
import Foundation

extension GPUTool {
    /// Where it is; nil when this machine has none.
    func path(in environment: [String: String]) -> String? {
        let searched = (environment["PATH"] ?? "").split(separator: ":").map(String.init) + folders
        return searched.lazy.filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }.first { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
                && FileManager.default.isExecutableFile(atPath: path)
        }
    }
}
