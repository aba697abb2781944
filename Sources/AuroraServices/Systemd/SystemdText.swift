import AuroraModel

/// Texts as unit files have them (systemd.syntax(7), systemd.service(5) "Command lines").
enum SystemdText {
    /// One word of a command line. Variables stay references; everything else means itself.
    static func word(_ text: String, _ concealment: Concealment) -> String {
        let inner = concealment.pieces(of: text).map { piece in
            switch piece {
            case .literal(let text): escaped(text).replacing("$", with: "$$")
            case .variable(let name): "${\(name)}"
            }
        }.joined()
        return isPlain(inner) ? inner : "\"\(inner)\""
    }

    /// A value in quotes, in which nothing is replaced.
    static func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

    /// A path behind a `=`: percent signs would name properties of the unit.
    static func path(_ text: String) -> String { text.replacing("%", with: "%%") }

    /// A path in a list, whose parts are parted by blanks and colons.
    static func listed(_ text: String) -> String {
        let path = path(text).replacing("\\", with: "\\\\").replacing(":", with: "\\:").replacing("\"", with: "\\\"")
        return path.contains(" ") ? "\"\(path)\"" : path
    }

    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            case "\t": "\\t"
            case "%": "%%"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: hex(scalar)
            default: String(scalar)
            }
        }.joined()
    }

    private static func hex(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\x\(digits.count < 2 ? "0" : "")\(digits)"
    }

    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty && text != ";" && text.utf8.allSatisfy { $0 > 0x20 && !"'\"\\".utf8.contains($0) && $0 != 0x7F }
    }
}
