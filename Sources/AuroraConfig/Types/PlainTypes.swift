import AuroraModel

extension ValueType where Value == String {
    /// A name as nodes, services and engines have it.
    static var name: Self {
        .scalar("name", expected: NodeNames.expected, show: { .text($0) }) { NodeNames.isValid($0) ? $0 : nil }
    }

    /// The path that a health check asks for.
    static var urlPath: Self {
        .scalar("URL path", expected: "a path that starts with '/', such as /health", show: { .text($0) }) { text in
            text.hasPrefix("/") && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? text : nil
        }
    }

    /// A folder; relative ones start from the folder of the manifest.
    static var folder: Self {
        scalar("path", expected: "the path of a folder, such as ./personalities", show: { .text($0) }) { text in
            text.isEmpty || text.contains("\0") ? nil : text
        }.checked { written, reader in
            let path = FilePaths.absolute(written, from: reader.folder, home: reader.home)
            if !FilePaths.isFolder(path) {
                reader.warn("\(reader.path) is '\(written.clipped)', and there is no such folder", fix: "create it, or correct the path")
            }
            return path
        }
    }
}

extension ValueType where Value == Int {
    /// A whole number within a range.
    static func int(_ range: ClosedRange<Int>) -> Self {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return .scalar("\(range.lowerBound) to \(range.upperBound)", expected: expected, isText: false, show: { .int($0) }) { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A TCP port; 0 takes any free one.
    static var port: Self {
        let number = int(0...65_535)
        return Self(label: "port", expected: number.expected, read: number.read, show: number.show)
    }
}

extension ValueType where Value == Bool {
    static var bool: Self {
        .scalar("true or false", expected: "true or false", isText: false, show: { .bool($0) }) { Bool($0) }
    }
}

extension ValueType where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the words of an enum.
    static func choice() -> Self {
        let words = Value.allCases.map(\.rawValue)
        let expected = words.count == 1 ? words.joined() : "\(words.dropLast().joined(separator: ", ")) or \(words.last ?? "")"
        return .scalar(words.joined(separator: " \\| "), expected: expected, words: words, show: { .text($0.rawValue) }) {
            Value(rawValue: $0)
        }
    }
}
