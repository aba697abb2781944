import AuroraModel

extension ValueType where Value == String {
    /// A unit of systemd.
    static var unit: Self {
        .scalar("unit", expected: SystemdUnit.expected, show: { .text($0) }) { SystemdUnit.isValid($0) ? $0 : nil }
    }

    /// The name of a container, by Docker's rule.
    static var container: Self {
        let expected = "the name of a container: letters, digits, '_', '.' and '-', starting with a letter or digit"
        return .scalar("container", expected: expected, show: { .text($0) }) { text in
            let isPlain = text.utf8.allSatisfy { $0.continuesName || "-.".utf8.contains($0) }
            return (1...255).contains(text.utf8.count) && isPlain
                && text.utf8.first.map { $0.continuesName && $0 != UInt8(ascii: "_") } == true
                ? text : nil
        }
    }

    /// A file or a folder; relative ones start from the folder of the manifest. It need not be there.
    static var file: Self {
        scalar("path", expected: "the path of a file or folder, such as /etc/nginx", show: { .text($0) }) { text in
            text.isEmpty || text.contains("\0") ? nil : text
        }.checked { written, reader in FilePaths.absolute(written, from: reader.folder, home: reader.home) }
    }

    /// Any text.
    static var words: Self { .scalar("text", expected: "a text", show: { .text($0) }) { $0 } }
}

extension ValueType where Value == Int {
    /// A TCP or UDP port that is in use.
    static var heldPort: Self {
        let number = int(1...65_535)
        return Self(label: "port", expected: number.expected, read: number.read, show: number.show)
    }
}

enum SystemdUnit {
    static let expected = "a unit with its suffix, such as nginx.service"

    private static let suffixes: Set<Substring> = ["service", "socket", "timer", "target", "path", "mount", "slice", "scope"]

    static func isValid(_ text: String) -> Bool {
        guard text.utf8.count <= 255, let dot = text.lastIndex(of: "."), dot > text.startIndex else { return false }
        return suffixes.contains(text[text.index(after: dot)...])
            && text.utf8.allSatisfy { $0.continuesName || #":-.\@"#.utf8.contains($0) }
    }
}
