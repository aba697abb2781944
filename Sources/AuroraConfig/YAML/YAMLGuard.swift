import AuroraModel

/// Refuses, before parsing, the two shapes of YAML on which the parser itself would work for minutes.
///
/// The parser hashes every key. A key that is a collection is hashed with all it holds, once for each level of keys
/// around it, and with its aliases written out: both can grow without bound, and neither has a place in a manifest.
enum YAMLGuard {
    private static let explicitKeyLimit = 8
    private static let expandedBytesLimit = 64e6

    static func finding(in text: String, file: String) -> Finding? {
        let shape = Shape(text)
        guard shape.explicitKeys > explicitKeyLimit || (shape.hasCollectionKeys && shape.expandedBytes > expandedBytesLimit) else {
            return nil
        }
        return Finding(
            file: file, line: shape.firstKeyLine, reason: "this file uses lists, mappings or aliases as keys",
            fix: "use plain words as keys: 'name: value'")
    }

    /// Signs of collections as keys, counted generously: a `?` or `]:` inside quotes counts as well.
    private struct Shape {
        private(set) var explicitKeys = 0
        private(set) var firstKeyLine: Int?
        private var aliases = 0
        private let bytes: Int

        var hasCollectionKeys: Bool { firstKeyLine != nil }
        /// n aliases nested as badly as possible multiply a text by 3 to the power of n / 3.
        var expandedBytes: Double { (0..<aliases / 3).reduce(Double(bytes)) { size, _ in size * 3 } }

        init(_ text: String) {
            bytes = text.utf8.count
            var line = 1
            var previous = UInt8(ascii: "\n")
            /// The last character that is no blank, or an alias whose end is not yet seen.
            var opener = UInt8(ascii: "\n")
            for byte in text.utf8 {
                switch byte {
                case UInt8(ascii: "\n"): line += 1
                case UInt8(ascii: ":") where "]}*".utf8.contains(opener): firstKeyLine = firstKeyLine ?? line
                case UInt8(ascii: "?") where " \t\n[{,-".utf8.contains(previous):
                    explicitKeys += 1
                    firstKeyLine = firstKeyLine ?? line
                default: break
                }
                if previous == UInt8(ascii: "*"), byte.continuesName || byte == UInt8(ascii: "-") { aliases += 1 }
                if !Self.keepsOpener(byte, after: opener) { opener = byte }
                previous = byte
            }
        }

        private static func keepsOpener(_ byte: UInt8, after opener: UInt8) -> Bool {
            let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
            return isBlank || (opener == UInt8(ascii: "*") && (byte.continuesName || byte == UInt8(ascii: "-")))
        }
    }
}
