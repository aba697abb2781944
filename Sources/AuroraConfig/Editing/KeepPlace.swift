import AuroraModel

/// A place in the text where new entries of `keep:` may stand.
struct KeepPlace {
    /// The entries go in front of this line.
    private let line: Int
    /// Blanks before each entry.
    private let column: Int
    /// Whether `keep:` itself is to be written.
    private let isNew: Bool
    /// An empty value of `keep:` that makes room.
    private let replaced: ManifestShape.Written?

    /// Behind the last line that belongs to `keep:`; else, for values that end in blank lines of their own, behind those too.
    static func all(in source: SourceText, _ shape: ManifestShape) -> [KeepPlace] {
        let column = shape.margin + shape.step
        switch shape.keep {
        case .absent:
            return [KeepPlace(line: shape.end, column: column, isNew: true, replaced: nil)]
        case .empty(let line, let written):
            let last = max(line, written?.line ?? line)
            let end = contentEnd(source, from: last, to: shape.keepEnd, column: shape.margin + 1)
            return [KeepPlace(line: end, column: column, isNew: false, replaced: written)]
        case .block(let line, let column, _):
            let end = contentEnd(source, from: line, to: shape.keepEnd, column: column)
            return [end, shape.keepEnd].map { KeepPlace(line: $0, column: column, isNew: false, replaced: nil) }
        case .fixed:
            return []
        }
    }

    func insert(_ candidates: [KeptCandidate], into source: inout SourceText, _ shape: ManifestShape) {
        let margin = String(repeating: " ", count: column)
        var lines = candidates.flatMap { KeptText.lines($0, margin: margin, step: shape.step) }
        if isNew {
            lines.insert("\(shape.marginText)keep:", at: 0)
            lines.insert("\(shape.marginText)# What runs already and is never touched.", at: 0)
            if line > 0, !source.lines[line - 1].isBlankLine { lines.insert("", at: 0) }
        }
        source.insert(lines, at: line)
        if let replaced { source.remove(replaced) }
    }

    /// The line behind the last one with content, or with a comment that stands as far in as the entries do.
    private static func contentEnd(_ source: SourceText, from first: Int, to end: Int, column: Int) -> Int {
        let lines = source.lines.indices.clamped(to: (first + 1)..<max(first + 1, end))
        let last = lines.last { index in
            let line = source.lines[index]
            return line.isCommentLine ? line.indentation >= column : !line.isBlankLine
        }
        return (last ?? first) + 1
    }
}

extension SourceText {
    /// Takes a piece of a line away, and the blanks that then end it.
    fileprivate mutating func remove(_ written: ManifestShape.Written) {
        let scalars = Array(lines[written.line].unicodeScalars)
        let (head, tail) = (scalars[..<written.columns.lowerBound], scalars[written.columns.upperBound...])
        let rest = String(String.UnicodeScalarView(tail))
        let start = String(String.UnicodeScalarView(head))
        lines[written.line] = rest.isBlankLine ? start.trimmedEnd + rest.trimmedStart : start + rest
    }
}

extension String {
    /// The line break without the blanks before it.
    fileprivate var trimmedStart: String { String(unicodeScalars.drop { $0 == " " || $0 == "\t" }) }
}
