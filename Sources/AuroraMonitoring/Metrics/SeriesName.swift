/// Where a series stands: its metric's name and its labels as they appear between the braces.
struct SeriesID: Sendable, Equatable {
    let name: String
    let labels: String
}

/// Names and labels in the alphabet of the Prometheus text format.
enum SeriesName {
    /// A longer value can only be free text, which no label may carry.
    static let valueLimit = 200

    /// Everything but ASCII letters, digits and `_` becomes `_`; a name never starts with a digit and is never empty.
    static func sanitized(_ label: String) -> String {
        let name = String(label.unicodeScalars.map { isNamePart($0) ? Character($0) : "_" })
        guard let first = name.unicodeScalars.first else { return "_" }
        return ("0"..."9").contains(first) ? "_" + name : name
    }

    /// `a="1",b="2"`, ordered by name so that the same labels always give the same text.
    ///
    /// Of two labels that become the same name the last wins, `le` (a histogram's own) becomes `exported_le`, and an empty
    /// value is left out, because Prometheus takes it for an absent label.
    static func labels(_ dimensions: [(String, String)]) -> String {
        var values: [String: String] = [:]
        for (name, value) in dimensions { values[labelName(name)] = value.isEmpty ? nil : escaped(value) }
        return values.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ",")
    }

    /// Label values escape backslash, quote and line feed.
    static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars.prefix(valueLimit) {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// Names that start with two underscores belong to Prometheus itself.
    private static func labelName(_ label: String) -> String {
        let name = sanitized(label)
        return name == "le" || name.hasPrefix("__") ? "exported_\(name.drop { $0 == "_" })" : name
    }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }
}

extension String {
    func ending(in suffix: String) -> String { hasSuffix(suffix) ? self : self + suffix }
}
