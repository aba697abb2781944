import AuroraModel
import Yams

/// Turns the parser's errors into findings with the line where the mistake is and words that help.
enum YAMLSyntax {
    static func finding(for error: any Error, in text: String, file: String) -> Finding {
        guard let error = error as? YamlError else { return Finding(file: file, line: nil, reason: "the file is not YAML", fix: plainFix) }
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let line = line(of: problem, mark: mark, context: context, in: text)
            let words = words(for: line < mark.line ? missingColon(problem) : problem, lineText: text.line(line))
            return Finding(file: file, line: line, reason: words.reason, fix: words.fix)
        case .reader(let problem, let offset, _, _):
            let line = offset.map { text.prefix($0).utf8.count { $0 == UInt8(ascii: "\n") } + 1 }
            return Finding(
                file: file, line: line, reason: "the file has a character that YAML does not allow (\(problem))",
                fix: "save the file as plain UTF-8 text without control characters")
        default:
            return Finding(file: file, line: nil, reason: "the file is not YAML", fix: plainFix)
        }
    }

    private static let plainFix = "write 'key: value' lines, indented by spaces"

    private static let unexpectedColon = "mapping values are not allowed"
    private static let colonExpected = "could not find expected ':'"

    /// The parser notices many mistakes only at the next token, lines later; then the place where it began to read counts.
    private static func line(of problem: String, mark: Mark, context: YamlError.Context?, in text: String) -> Int {
        let began = [colonExpected, "unexpected end of stream", "unexpected document indicator", "',' or"]
        var line = began.contains { problem.contains($0) } ? context?.mark.line ?? mark.line : mark.line
        if problem.contains(unexpectedColon), !text.line(line).prefix(max(0, mark.column - 1)).contains(":") {
            line = text.textLine(before: line) ?? line
        }
        return max(1, min(line, text.lineCount))
    }

    /// A colon is unexpected on a good line because the text before it, which has none, runs on into it.
    private static func missingColon(_ problem: String) -> String { problem.contains(unexpectedColon) ? colonExpected : problem }

    private static func words(for problem: String, lineText: Substring) -> (reason: String, fix: String) {
        switch problem {
        case _ where problem.contains("another document"):
            ("the file holds more than one YAML document", "keep one document: remove the '---' lines and what does not belong")
        case _ where problem.contains("nesting level"):
            ("the file is nested more than 1000 levels deep", "a manifest needs 4 levels; write it flatter")
        case _ where problem.contains("undefined alias"):
            (
                "'*name' repeats a value that no '&name' before it has named",
                "define it above with '&name', or quote a text that starts with '*'"
            )
        case _ where problem.contains("cannot start any token") && lineText.contains("\t"):
            ("the line is indented with a tab", "indent with spaces")
        case _ where problem.contains("cannot start any token"):
            ("a value starts with a character that YAML reserves", "put the value in double quotes")
        case _ where problem.contains(unexpectedColon):
            ("a ': ' stands where no new key may start", "put the value in double quotes, or indent the line like its neighbours")
        case _ where problem.contains(colonExpected):
            ("this line has no ': ' behind its key", "write 'key: value'")
        case _ where problem.contains("',' or"):
            (
                "a '{' or '[' that opens here is not closed, or a comma is missing",
                "close it, separate the parts by ', ' and quote values with '{', '}' or ','"
            )
        case _ where problem.contains("unexpected end of stream"):
            ("a quote that opens here is never closed", "close the quote")
        case _ where problem.contains("expected key") || problem.contains("'-' indicator"):
            (
                "this line is indented neither like its neighbours nor like a part of them",
                "indent parts of the same thing by the same number of spaces"
            )
        default:
            ("the file is not YAML here (\(problem))", plainFix)
        }
    }
}

extension String {
    fileprivate var lineCount: Int {
        let newlines = utf8.count { $0 == UInt8(ascii: "\n") }
        return utf8.last == UInt8(ascii: "\n") ? newlines : newlines + 1
    }

    fileprivate func line(_ number: Int) -> Substring {
        var rest = self[...]
        for _ in 1..<max(1, number) {
            guard let end = rest.firstIndex(where: \.isNewline) else { return "" }
            rest = rest[rest.index(after: end)...]
        }
        return rest.prefix { !$0.isNewline }
    }

    /// The last line before `number` that holds more than blanks and a comment.
    fileprivate func textLine(before number: Int) -> Int? {
        (1..<max(1, number)).last { candidate in
            let start = line(candidate).first { !$0.isWhitespace }
            return start != nil && start != "#"
        }
    }
}
