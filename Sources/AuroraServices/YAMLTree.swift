import AuroraModel
import Yams

/// A YAML document on its way out: keys in the order given, texts quoted wherever a reader could take them for something else.
indirect enum YAMLTree {
    case text(String)
    /// A text of several lines, as it is.
    case block(String)
    case int(Int)
    case number(Double)
    case bool(Bool)
    case list([YAMLTree])
    /// A list that says something by being empty.
    case emptyList
    case map([(key: String, value: YAMLTree)])

    static func texts(_ texts: [String]) -> YAMLTree { .list(texts.map(YAMLTree.text)) }

    /// The entries whose value is there, and holds something or is told to be empty.
    static func filled(_ entries: [(key: String, value: YAMLTree?)]) -> YAMLTree {
        .map(
            entries.compactMap { entry in
                guard let value = entry.value, !value.isEmpty else { return nil }
                return (entry.key, value)
            })
    }

    private var isEmpty: Bool {
        switch self {
        case .list(let values): values.isEmpty
        case .map(let entries): entries.isEmpty
        default: false
        }
    }

    /// The document as text that ends with a line end.
    func yaml() throws(AuroraError) -> String {
        do {
            return try Yams.serialize(node: node, width: -1, allowUnicode: true)
        } catch {
            throw AuroraError(.failed, "cannot write YAML: \(error)", hint: "look for control characters in the manifest")
        }
    }

    private var node: Node {
        switch self {
        case .text(let text): Self.scalar(text)
        case .block(let text): .scalar(.init(text, Tag(.str), Self.isBlock(text) ? .literal : .doubleQuoted))
        case .int(let value): .scalar(.init("\(value)", Tag(.int), .plain))
        case .number(let value): .scalar(.init(Numbers.text(value), Tag(.float), .plain))
        case .bool(let value): .scalar(.init("\(value)", Tag(.bool), .plain))
        case .emptyList: .sequence(.init([], Tag(.seq), .flow))
        case .list(let values) where values.isEmpty: .sequence(.init([], Tag(.seq), .flow))
        case .list(let values): .sequence(.init(values.map(\.node), Tag(.seq), .block))
        case .map(let entries) where entries.isEmpty: .mapping(.init([], Tag(.map), .flow))
        case .map(let entries): .mapping(.init(entries.map { (Self.scalar($0.key), $0.value.node) }, Tag(.map), .block))
        }
    }

    private static func scalar(_ text: String) -> Node { .scalar(.init(text, Tag(.str), isPlain(text) ? .plain : .doubleQuoted)) }

    private static let words: Set<String> = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]

    /// Whether no reader of YAML 1.1 or 1.2 takes the text for anything but a text.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, !words.contains(text.lowercased()) else { return false }
        let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first | 0x20)
        return (isLetter || first == UInt8(ascii: "/"))
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || "_-./".utf8.contains(byte)
            }
    }

    /// Whether a text can stand as a block without losing anything.
    private static func isBlock(_ text: String) -> Bool {
        text.contains("\n") && !text.hasPrefix(" ") && !text.hasPrefix("\n")
            && text.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" }
    }
}

enum Numbers {
    /// Without a trailing `.0`.
    static func text(_ value: Double) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// Seconds as every runtime reads them: whole ones with `s`, others in milliseconds.
    static func span(_ seconds: Double) -> String {
        let milliseconds = (seconds * 1000).rounded()
        let isWhole = milliseconds.truncatingRemainder(dividingBy: 1000) == 0
        return isWhole ? "\(text(milliseconds / 1000))s" : "\(text(milliseconds))ms"
    }
}
