/// A value on its way to the operator's eyes; secrets are already `***`.
indirect enum Shown: Sendable, Equatable {
    case bool(Bool)
    case int(Int)
    case text(String)
    /// A text as it is written in a manifest: with `${NAME}` for variables and `$$` for a dollar sign.
    case template(String)
    case list([Shown])
    case mapping([(key: String, value: Shown)])

    static func == (left: Shown, right: Shown) -> Bool { left.json() == right.json() }
}

extension Shown {
    /// JSON with the keys in the order of the manifest.
    func json(indent: Int = 0) -> String {
        let (inner, outer) = (String(repeating: "  ", count: indent + 1), String(repeating: "  ", count: indent))
        switch self {
        case .bool(let value): return "\(value)"
        case .int(let value): return "\(value)"
        case .text(let value), .template(let value): return Self.quoted(value)
        case .list(let values) where values.isEmpty: return "[]"
        case .list(let values): return "[\n" + values.map { inner + $0.json(indent: indent + 1) }.joined(separator: ",\n") + "\n\(outer)]"
        case .mapping(let entries) where entries.isEmpty: return "{}"
        case .mapping(let entries):
            let lines = entries.map { "\(inner)\(Self.quoted($0.key)): \($0.value.json(indent: indent + 1))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(outer)}"
        }
    }

    /// YAML in block style, as the manifest is written.
    func yaml(indent: Int = 0) -> String {
        let margin = String(repeating: "  ", count: indent)
        switch self {
        case .mapping(let entries) where !entries.isEmpty:
            return entries.map { "\(margin)\(Self.plain($0.key)):\($0.value.yamlValue(indent: indent))" }.joined()
        case .list(let values) where !values.isEmpty:
            return values.map { "\(margin)- \($0.flow)\n" }.joined()
        default: return margin + flow + "\n"
        }
    }

    private func yamlValue(indent: Int) -> String {
        switch self {
        case .mapping(let entries) where !entries.isEmpty: "\n" + yaml(indent: indent + 1)
        case .list(let values) where values.contains { $0.isMapping }: "\n" + yaml(indent: indent + 1)
        default: " \(flow)\n"
        }
    }

    /// YAML on one line.
    var flow: String {
        switch self {
        case .bool, .int: json()
        case .text(let value): Self.plain(value)
        case .template(let value): value.contains("$") ? Self.quoted(value) : Self.plain(value)
        case .list(let values): values.isEmpty ? "[]" : "[\(values.map(\.flow).joined(separator: ", "))]"
        case .mapping(let entries):
            entries.isEmpty ? "{}" : "{ \(entries.map { "\(Self.plain($0.key)): \($0.value.flow)" }.joined(separator: ", ")) }"
        }
    }

    private var isMapping: Bool { if case .mapping = self { true } else { false } }

    /// Without quotes where the text cannot be taken for anything else. A dollar sign is doubled, so that it reads back.
    private static func plain(_ text: String) -> String {
        let isPlain =
            text.utf8.first.map { $0.continuesName || $0 == UInt8(ascii: "/") } == true
            && text.utf8.allSatisfy { $0.continuesName || "-./".utf8.contains($0) } && !["null", "Null", "NULL"].contains(text)
        return isPlain ? text : quoted(text.replacing("$", with: "$$"))
    }

    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || [0x2028, 0x2029, 0xFEFF].contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
