import AuroraDialects
import AuroraModel
import Yams

/// Reads the front matter of a personality and collects all that is wrong with it.
struct FrontMatterReader {
    static let keys = ["name", "description", "model", "temperature", "max_tokens", "context"]

    private let file: String
    private var values: [String: Node] = [:]
    private(set) var findings: [Finding] = []

    init(file: String, yaml: String) {
        self.file = file
        do {
            guard let node = try Yams.compose(yaml: yaml) else { return }
            guard case .mapping(let mapping) = node else {
                fail(node, "the front matter is not a list of 'key: value'", "write for example 'name: Aurora'")
                return
            }
            for (key, value) in mapping { take(key, value) }
        } catch {
            syntax(error)
        }
    }

    mutating func personality(id: String, systemPrompt: String) -> Personality {
        Personality(
            id: id, name: text("name", longest: 80) ?? id, description: text("description", longest: 400),
            model: text("model", longest: 200),
            temperature: number("temperature", in: 0...2), maxTokens: whole("max_tokens", in: 1...1_000_000),
            context: whole("context", in: 256...10_000_000), systemPrompt: systemPrompt)
    }

    private mutating func take(_ key: Node, _ value: Node) {
        guard let name = key.scalar?.string else { return fail(key, "a key is not a word", "use \(Self.keys.joined(separator: ", "))") }
        guard Self.keys.contains(name) else {
            let nearest = NearestNames.of(name, in: Self.keys, limit: 1).first
            let fix = nearest.map { "did you mean '\($0)'?" } ?? "use one of \(Self.keys.joined(separator: ", "))"
            return fail(key, "unknown key '\(name.shortened)'", fix)
        }
        values[name] = value
    }

    private mutating func text(_ key: String, longest: Int) -> String? {
        guard let node = values[key] else { return nil }
        guard let text = node.scalar?.string, !text.isEmpty, text.count <= longest else {
            fail(node, "\(key) is \(shown(node))", "write a text of 1 to \(longest) characters")
            return nil
        }
        return text
    }

    private mutating func number(_ key: String, in range: ClosedRange<Double>) -> Double? {
        guard let node = values[key] else { return nil }
        guard let number = (node.scalar?.string).flatMap(Double.init), range.contains(number) else {
            fail(node, "\(key) is \(shown(node))", "use a number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    private mutating func whole(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let node = values[key] else { return nil }
        guard let number = (node.scalar?.string).flatMap({ Int($0) }), range.contains(number) else {
            fail(node, "\(key) is \(shown(node))", "use a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    private func shown(_ node: Node) -> String {
        switch node {
        case .scalar(let scalar): "'\(scalar.string.shortened)'"
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    private mutating func fail(_ node: Node, _ reason: String, _ fix: String) {
        findings.append(Finding(file: file, line: node.mark.map { Self.line($0.line) }, reason: reason, fix: fix))
    }

    private mutating func syntax(_ error: any Error) {
        var line: Int?
        var problem = "\(error)"
        switch error as? YamlError {
        case .scanner(_, let text, let mark, _), .parser(_, let text, let mark, _), .composer(_, let text, let mark, _):
            (line, problem) = (Self.line(mark.line), text)
        case .duplicatedKeysInMapping(let keys, let context):
            (line, problem) = (Self.line(context.mark.line), "key '\(keys.map { "\($0)" }.joined(separator: ", "))' is there twice")
        default: break
        }
        findings.append(
            Finding(
                file: file, line: line, reason: "the front matter is not YAML: \(problem)",
                fix: "write one 'key: value' a line, text with ':' in quotes"))
    }

    /// The front matter begins on the file's second line.
    private static func line(_ inFrontMatter: Int) -> Int { inFrontMatter + 1 }
}
