import AuroraModel

/// Entries of `keep:` as lines of YAML.
enum KeptText {
    /// Longer entries are written one field a line.
    private static let width = 120

    /// A comment that says what was found, and the entry.
    static func lines(_ candidate: KeptCandidate, margin: String, step: Int) -> [String] {
        let comment = commentSafe(candidate.found)
        let flow = "\(margin)\(key(candidate.name)): { \(fields(candidate).map { "\($0.key): \($0.flow)" }.joined(separator: ", ")) }"
        return (comment.isEmpty ? [] : ["\(margin)# \(comment)"])
            + (flow.count <= width ? [flow] : block(candidate, margin: margin, step: step))
    }

    private static func block(_ candidate: KeptCandidate, margin: String, step: Int) -> [String] {
        let inner = margin + String(repeating: " ", count: step)
        return ["\(margin)\(key(candidate.name)):"] + fields(candidate).map { "\(inner)\($0.key): \($0.flow)" }
    }

    private static func fields(_ candidate: KeptCandidate) -> [(key: String, flow: String)] {
        var fields = [("kind", candidate.kind.rawValue)]
        // Its ${NAME} stay references, so no dollar sign is doubled here.
        if let url = candidate.url { fields.append(("url", Shown.quoted(url))) }
        if let health = candidate.health { fields.append(("health", Shown.text(health).flow)) }
        if let unit = candidate.unit { fields.append(("unit", Shown.text(unit).flow)) }
        if let container = candidate.container { fields.append(("container", Shown.text(container).flow)) }
        if !candidate.ports.isEmpty { fields.append(("ports", Shown.list(candidate.ports.map(Shown.int)).flow)) }
        if !candidate.config.isEmpty { fields.append(("config", Shown.list(candidate.config.map(Shown.text)).flow)) }
        return fields
    }

    private static func key(_ name: String) -> String { Shown.text(name).flow }

    /// What others wrote, such as the arguments of a program, on one line of what YAML can hold.
    static func commentSafe(_ text: String) -> String {
        let kept = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            switch scalar.value {
            case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: scalar
            default: " "
            }
        }
        return String(String.UnicodeScalarView(kept)).split(separator: " ").joined(separator: " ")
    }
}
