/// Paths as text. Nothing here looks at a disk.
enum PathText {
    /// Absolute, without `.`, `..`, empty components and zero bytes, so that two spellings of one path cannot both appear.
    static func isPlain(_ path: String) -> Bool {
        guard path.hasPrefix("/"), path != "/", !path.utf8.contains(0) else { return false }
        return path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).allSatisfy { !["", ".", ".."].contains($0) }
    }

    /// The folder that it stands in; nil at the top.
    static func parent(_ path: String) -> String? {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return nil }
        return String(path[..<slash])
    }

    /// The folders above it, the highest first, without `/`.
    static func ancestors(_ path: String) -> [String] {
        var found: [String] = []
        var next = parent(path)
        while let folder = next {
            found.append(folder)
            next = parent(folder)
        }
        return found.reversed()
    }

    static func isInside(_ path: String, _ folder: String) -> Bool { path.hasPrefix(folder == "/" ? "/" : folder + "/") }

    static func depth(_ path: String) -> Int { path.utf8.count { $0 == UInt8(ascii: "/") } }
}
