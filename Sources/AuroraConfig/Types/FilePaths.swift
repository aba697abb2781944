import Foundation

/// Paths as people write them, made absolute.
enum FilePaths {
    /// `~/x` starts from `home`, anything else that is not absolute from `folder`.
    static func absolute(_ path: String, from folder: String, home: String?) -> String {
        if path.hasPrefix("~/"), let home, !home.isEmpty { return standard("\(home)/\(path.dropFirst(2))") }
        return standard(path.hasPrefix("/") ? path : "\(folder)/\(path)")
    }

    /// Absolute, without `.`, `..` and doubled slashes.
    static func standard(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

    static func folder(of file: String) -> String { URL(fileURLWithPath: file).deletingLastPathComponent().path }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// The name of a file in the same folder as `file`, written like it.
    static func sibling(_ name: String, of file: String) -> String {
        guard let slash = file.lastIndex(of: "/") else { return name }
        return file[...slash] + name
    }

    /// Relative to the current folder where that is shorter.
    static func shown(_ path: String) -> String {
        let here = standard(FileManager.default.currentDirectoryPath) + "/"
        return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }
}
