import Foundation

/// Finds programs by name.
public enum Programs {
    private static let usualFolders = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Where each of the names is, in the folders of `path` and the usual ones; without those that are nowhere.
    public static func found(_ names: [String], path: String?) -> [String: String] {
        let folders = ((path ?? "") + ":" + usualFolders).split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
        return names.reduce(into: [:]) { found, name in
            found[name] = folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        }
    }
}
