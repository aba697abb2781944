import AuroraModel

/// The variables of a `.env` file, read by the rules of docker compose, and what is wrong with it.
///
/// A finding names the line and the variable, never the value: the file holds secrets.
struct DotEnv {
    private(set) var findings: [Finding] = []
    private let file: String
    private let variables: Variables
    private var places: [String: Int] = [:]
    private var interpolation: Interpolation

    var values: [String: String] { variables.own }

    /// - Parameter environment: the process environment, which wins over the file, also inside `${NAME}` of the file.
    init(_ text: String, file: String, environment: [String: String]) {
        let variables = Variables(environment)
        self.file = file
        self.variables = variables
        interpolation = Interpolation { variables[$0] }
        var scanner = DotEnvScanner(text)
        while let entry = scanner.next() {
            switch entry {
            case .variable(let name, let value, let line): take(name, value, at: line)
            case .wrong(let reason, let fix, let line): findings.append(Finding(file: file, line: line, reason: reason, fix: fix))
            }
        }
    }

    private mutating func take(_ name: String, _ value: DotEnvScanner.Value, at line: Int) {
        if let first = places.updateValue(line, forKey: name) {
            findings.append(
                Finding(
                    .warning, file: file, line: line, reason: "'\(name)' is set twice, first on line \(first); the later value counts",
                    fix: "keep one of the two lines"))
        }
        variables.own[name] = value.isLiteral ? value.text : expand(value.text, of: name, at: line)
    }

    /// As in compose, a variable that is not set becomes empty: other programs read the same file.
    private mutating func expand(_ text: String, of name: String, at line: Int) -> String {
        let (expanded, problems) = interpolation.expand(text)
        for problem in problems {
            findings.append(finding(for: problem, in: name, at: line))
        }
        return problems.contains { if case .malformed = $0 { true } else { false } } ? text : expanded
    }

    private func finding(for problem: Interpolation.Problem, in name: String, at line: Int) -> Finding {
        let fix = "to keep the dollar sign as it is, put the value in single quotes"
        switch problem {
        case .unset(let unset, _):
            return Finding(.warning, file: file, line: line, reason: "'\(name)' uses '\(unset)', which is not set", fix: fix)
        case .malformed:
            return Finding(.warning, file: file, line: line, reason: "'\(name)' has a '$' that starts no variable", fix: fix)
        case .tooLarge:
            return Finding(file: file, line: line, reason: "the values grow over 16 MB at '\(name)'", fix: fix)
        }
    }
}

extension DotEnv {
    /// What is known so far; shared with the interpolation that looks names up while the file is read.
    private final class Variables {
        let environment: [String: String]
        var own: [String: String] = [:]

        init(_ environment: [String: String]) { self.environment = environment }

        subscript(name: String) -> String? { environment[name] ?? own[name] }
    }
}
