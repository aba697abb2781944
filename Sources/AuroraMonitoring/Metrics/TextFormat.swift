/// Writes the Prometheus text exposition format 0.0.4.
struct TextFormat {
    private(set) var text = ""

    mutating func family(_ name: String, _ kind: MetricDescription.Kind, help: String) {
        text += "# HELP \(name) \(Self.escapedHelp(help))\n# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func sample(_ name: String, suffix: String = "", labels: String = "", _ value: Double) {
        sample(name, suffix: suffix, labels: labels, text: NumberText.of(value))
    }

    mutating func sample(_ name: String, suffix: String = "", labels: String = "", _ value: UInt64) {
        sample(name, suffix: suffix, labels: labels, text: String(value))
    }

    private mutating func sample(_ name: String, suffix: String, labels: String, text value: String) {
        text += name
        text += suffix
        if !labels.isEmpty {
            text += "{"
            text += labels
            text += "}"
        }
        text += " "
        text += value
        text += "\n"
    }

    /// Help escapes backslash and line feed.
    private static func escapedHelp(_ help: String) -> String {
        var text = ""
        for scalar in help.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

/// Numbers as Prometheus reads them, without a needless `.0`.
enum NumberText {
    static func of(_ value: Double) -> String {
        if let whole = Int64(exactly: value) { return String(whole) }
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value.description
    }
}
