/// The text of a YAML file as lines that join to the same bytes again, each with its own line break.
///
/// Lines end where the parser counts an end, so that its line numbers lead here: `\r\n`, `\n`, `\r`, and Unicode's own.
struct SourceText: Equatable {
    private static let byteOrderMark = "\u{FEFF}"

    /// Stands before the first line and is not part of it.
    private let mark: String
    var lines: [String]

    init(_ text: String) {
        let hasMark = text.unicodeScalars.first == "\u{FEFF}"
        mark = hasMark ? Self.byteOrderMark : ""
        lines = Self.split(text.unicodeScalars.dropFirst(hasMark ? 1 : 0))
    }

    /// The text without a byte order mark, as the parser reads it.
    var content: String { lines.joined() }

    /// The whole file again.
    var text: String { mark + content }

    /// The line break that the file uses.
    var newline: String { lines.first?.unicodeScalars.suffix(2).elementsEqual(["\r", "\n"]) == true ? "\r\n" : "\n" }

    /// Puts whole lines, given without breaks, in front of the line at `index`.
    mutating func insert(_ new: [String], at index: Int) {
        guard !new.isEmpty else { return }
        let end = newline
        if index > 0, index <= lines.count, !lines[index - 1].hasLineBreak { lines[index - 1] += end }
        lines.insert(contentsOf: new.map { $0 + end }, at: min(index, lines.count))
    }

    private static func split(_ scalars: Substring.UnicodeScalarView) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in scalars {
            if previous == "\r", scalar != "\n" { flush(&line, into: &lines) }
            line.append(scalar)
            if ["\n", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalar) { flush(&line, into: &lines) }
            previous = scalar
        }
        flush(&line, into: &lines)
        return lines
    }

    private static func flush(_ line: inout String.UnicodeScalarView, into lines: inout [String]) {
        if !line.isEmpty { lines.append(String(line)) }
        line.removeAll()
    }
}

extension String {
    private static let breaks: Set<Unicode.Scalar> = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]

    var hasLineBreak: Bool { unicodeScalars.last.map { Self.breaks.contains($0) } ?? false }

    /// The line without its break and the blanks before it.
    var trimmedEnd: String {
        var scalars = unicodeScalars[...]
        while let last = scalars.last, Self.breaks.contains(last) || last == " " || last == "\t" { scalars.removeLast() }
        return String(scalars)
    }

    /// Blanks it begins with.
    var indentation: Int { unicodeScalars.prefix { $0 == " " }.count }

    var isBlankLine: Bool { unicodeScalars.allSatisfy { Self.breaks.contains($0) || $0 == " " || $0 == "\t" } }

    /// Whether nothing but a comment stands on the line.
    var isCommentLine: Bool { unicodeScalars.first { $0 != " " && $0 != "\t" } == "#" }
}
