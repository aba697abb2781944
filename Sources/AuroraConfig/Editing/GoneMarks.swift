/// Comment lines above entries of `keep:` that are not there any more.
enum GoneMarks {
    private static let start = "# gone since "
    private static let reason = "'aurora adopt' did not find it; delete the entry if it will not come back"

    /// The source with a mark above what is gone, once, and without the mark above what is there. Marks that a person changed stay.
    static func edited(_ source: SourceText, _ keep: ManifestShape.Keep, with edit: ManifestEdit) -> SourceText {
        guard case .block(_, let column, let entries) = keep else { return source }
        var source = source
        // From the end, so that the lines of those before stay where they are.
        for entry in entries.sorted(by: { $0.line > $1.line }) {
            let marks = commentLines(above: entry.line, in: source).filter { isMark(source.lines[$0]) }
            if edit.gone.contains(entry.name), marks.isEmpty {
                source.insert(["\(String(repeating: " ", count: column))\(start)\(edit.date): \(reason)"], at: entry.line)
            } else if edit.present.contains(entry.name) {
                for line in marks.reversed() where isOwn(source.lines[line]) { source.lines.remove(at: line) }
            }
        }
        return source
    }

    private static func commentLines(above line: Int, in source: SourceText) -> Range<Int> {
        var first = line
        while first > 0, source.lines[first - 1].isCommentLine { first -= 1 }
        return first..<line
    }

    private static func isMark(_ line: String) -> Bool { line.drop { $0 == " " || $0 == "\t" }.hasPrefix(start) }

    /// Whether it is as it was written: `# gone since 2026-11-23: ` and the reason.
    private static func isOwn(_ line: String) -> Bool {
        let text = line.trimmedEnd.drop { $0 == " " }.dropFirst(start.count)
        let date = text.prefix(10)
        let isDate = date.utf8.count == 10 && date.utf8.allSatisfy { "0123456789-".utf8.contains($0) }
        return isDate && text.dropFirst(10) == ": \(reason)"
    }
}
