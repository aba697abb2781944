import AuroraModel
import Yams

/// Walks the tree of one manifest: knows where it is, puts variables in, and collects everything that is wrong.
struct Reader {
    let file: String
    /// Folder that relative paths in the manifest start from.
    let folder: String
    /// The home folder, for paths that start with `~/`.
    let home: String?
    private(set) var findings: [Finding] = []
    private(set) var path = ""
    private var line = 1
    private var lines: [String: Int] = [:]
    private var failed: Set<String> = []
    private var interpolation: Interpolation
    private let repeatedKeys: Set<String>
    private let variables: ManifestVariables
    /// Names of the secret variables whose values were put in since this was last emptied.
    var usedSecrets: Set<String> = []
    /// Whether a variable that is not set becomes empty, with a warning, as in compose files.
    var unsetIsEmpty = false

    init(file: String, folder: String, variables: ManifestVariables, repeatedKeys: Set<String> = []) {
        self.file = file
        self.folder = folder
        self.home = variables.values["HOME"]
        self.repeatedKeys = repeatedKeys
        self.variables = variables
        interpolation = Interpolation { variables.values[$0] }
    }

    /// Every variable that the file may use.
    var environment: [String: String] { variables.values }

    /// The value of a variable that is used without `${…}`; nil if it is not set.
    mutating func variable(_ name: String) -> EnvironmentVariable? {
        guard let value = variables.values[name] else { return nil }
        let isSecret = variables.isSecret(name)
        if isSecret { usedSecrets.insert(name) }
        return EnvironmentVariable(name, value, isSecret: isSecret)
    }

    /// The secret variables of these names, in the order of their names.
    func secrets(_ names: Set<String>) -> [EnvironmentVariable] {
        names.sorted().compactMap { name in variables.values[name].map { EnvironmentVariable(name, $0, isSecret: true) } }
    }

    /// A reader of another file of the same operator; `absorb` brings its findings back.
    func reader(of file: String, folder: String, repeatedKeys: Set<String>, variables: ManifestVariables? = nil) -> Reader {
        var other = Reader(file: file, folder: folder, variables: variables ?? self.variables, repeatedKeys: repeatedKeys)
        other.unsetIsEmpty = unsetIsEmpty
        return other
    }

    /// Takes over what another reader, or whatever read another file, has found.
    mutating func absorb(_ other: [Finding]) {
        if other.contains(where: { $0.severity == .error }) { failed.insert(path) }
        findings += other
    }

    /// Runs `body` with `key` added to the path that findings name.
    mutating func enter<Result>(_ key: String, line newLine: Int?, _ body: (inout Reader) -> Result) -> Result {
        let (outerPath, outerLine) = (path, line)
        defer { (path, line) = (outerPath, outerLine) }
        path += path.isEmpty ? key : key.hasPrefix("[") ? key : ".\(key)"
        line = newLine ?? line
        lines[path] = line
        return body(&self)
    }

    /// Where the option at `path` was written; nil if it was not.
    func line(of path: String) -> Int? { lines[path] }

    /// Whether what was written at `path` has an error: then a rule about it would only report what follows from that.
    func hasErrors(in path: String) -> Bool {
        failed.contains { $0 == path || $0.hasPrefix("\(path).") || $0.hasPrefix("\(path)[") }
    }

    /// The path as the subject of a sentence.
    var subject: String { path.isEmpty ? "the manifest" : path }

    /// Adds an error about the place the reader is at, or about the option at `path`.
    mutating func report(_ reason: String, fix: String, at path: String? = nil) {
        failed.insert(path ?? self.path)
        findings.append(Finding(file: file, line: path.map { lines[$0] } ?? line, reason: reason, fix: fix))
    }

    /// Adds a warning: the manifest runs, and something about it is unwise.
    mutating func warn(_ reason: String, fix: String, at path: String? = nil) {
        findings.append(Finding(.warning, file: file, line: path.map { lines[$0] } ?? line, reason: reason, fix: fix))
    }

    /// Adds a finding that the value here is not what the option takes.
    mutating func refuse(_ node: Node, expected: String) {
        line = node.line ?? line
        report("\(subject) is \(node.words)", fix: "use \(expected)")
    }

    /// Adds a finding that quotes the value as it came out of interpolation, with the nearest of the `words` that would do.
    mutating func refuse(_ text: String, expected: String, words: [String] = []) {
        let guess = nearest(to: text, in: words).map { "did you mean '\($0)'? " } ?? ""
        report("\(subject) is '\(text.clipped)'", fix: "\(guess)use \(expected)")
    }
}

extension Reader {
    /// A scalar with its variables put in.
    struct Scalar {
        let text: String
        let isQuoted: Bool
        /// Whether anything in it came from a variable: then it is neither literal, nor text on purpose.
        let hasVariables: Bool
        /// As written, before interpolation.
        let written: String
        /// Whether the value of a secret variable stands in it.
        let usesSecret: Bool
    }

    /// The scalar at this place; nil, with a finding, for anything else and for variables that are not set.
    mutating func scalar(_ node: Node, expected: String) -> Scalar? {
        guard case .scalar(let scalar) = node, !node.isNull else {
            refuse(node, expected: expected)
            return nil
        }
        line = node.line ?? line
        let (text, problems) = interpolation.expand(scalar.string)
        for problem in problems { report(problem) }
        guard problems.allSatisfy(isTolerable) else { return nil }
        let secrets = interpolation.used.filter { variables.isSecret($0) }
        usedSecrets.formUnion(secrets)
        let isQuoted = scalar.style != .plain && scalar.style != .any
        return Scalar(
            text: text, isQuoted: isQuoted, hasVariables: scalar.string.contains("$"), written: scalar.string, usesSecret: !secrets.isEmpty)
    }

    private func isTolerable(_ problem: Interpolation.Problem) -> Bool {
        if case .unset(_, nil) = problem { unsetIsEmpty } else { false }
    }

    private mutating func report(_ problem: Interpolation.Problem) {
        switch problem {
        case .unset(let name, nil) where unsetIsEmpty:
            warn("\(path) uses the variable '\(name)', which is not set", fix: "set \(name), or write ${\(name):-} when it may be empty")
        case .unset(let name, let message):
            let why = message.map { ": \($0.clipped)" } ?? ""
            report(
                "\(path) uses the variable '\(name)', which is not set\(why)",
                fix: "set \(name) in the file '.env' beside the manifest or in the environment, or give a default: ${\(name):-value}")
        case .malformed(let reason):
            report("in \(path) \(reason)", fix: "write ${NAME} for a variable and $$ for a dollar sign")
        case .tooLarge:
            report("the variables of the manifest grow to more than 16 MB at \(path)", fix: "use shorter values")
        }
    }
}

extension Reader {
    struct Entry {
        let key: String
        let line: Int
        let value: Node
    }

    /// The entries of a mapping, merge keys (`<<: *base`) resolved; empty for a key with nothing behind it.
    mutating func entries(_ node: Node, expected: String) -> [Entry]? {
        guard !node.isNull else { return [] }
        guard case .mapping(let mapping) = node else {
            refuse(node, expected: expected)
            return nil
        }
        var own: [Entry] = []
        var merged: [Entry] = []
        for (key, value) in mapping {
            guard case .scalar(let name) = key else {
                report("\(subject) has \(key.words) as a key", fix: "use plain words as keys: 'name: value'")
                continue
            }
            if name.string == "<<", name.style == .plain {
                merged += base(value)
            } else if !repeatedKeys.contains(name.string) {
                own.append(Entry(key: name.string, line: key.line ?? line, value: value))
            }
        }
        return Self.unique(own + merged)
    }

    /// What a merge key brings in: one mapping or several, the first of them winning.
    private mutating func base(_ node: Node) -> [Entry] {
        let expected = "the name of a mapping, such as '<<: *base'"
        guard case .sequence(let parts) = node else { return entries(node, expected: expected) ?? [] }
        return parts.flatMap { entries($0, expected: expected) ?? [] }
    }

    private static func unique(_ entries: [Entry]) -> [Entry] {
        var seen: Set<String> = []
        return entries.filter { seen.insert($0.key).inserted }
    }

    /// The elements of a list; empty for a key with nothing behind it.
    mutating func elements(_ node: Node, expected: String) -> [Node]? {
        guard !node.isNull else { return [] }
        guard case .sequence(let sequence) = node else {
            refuse(node, expected: expected)
            return nil
        }
        return Array(sequence)
    }
}

extension Node {
    /// 1-based line of the value; nil for an empty one, which has no place of its own.
    var line: Int? { isNull ? nil : mark?.line }

    var isNull: Bool {
        guard case .scalar(let scalar) = self, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// What it is, in a finding: the value itself, or its shape.
    fileprivate var words: String {
        switch self {
        case .scalar(let scalar): isNull ? "empty" : "'\(scalar.string.clipped)'"
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}
