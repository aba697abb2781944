import AuroraModel
import Yams

extension ValueType where Value == [EnvironmentVariable] {
    /// `environment:` as a list or a mapping. A name without a value takes the variable of that name.
    static var environment: Self {
        let expected = "a list [ NAME=value, NAME ], or a mapping { NAME: value }"
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            if case .mapping = node {
                return reader.entries(node, expected: expected)?.compactMap { entry in
                    reader.enter(entry.key.clipped, line: entry.line) { EnvironmentSyntax.read(entry, &$0) }
                }
            }
            let variables = reader.elements(node, expected: expected)?.enumerated().compactMap { index, element in
                reader.enter("[\(index)]", line: element.line) { EnvironmentSyntax.read(element, &$0) }
            }
            return variables.map(EnvironmentSyntax.merged)
        }
        return Self(label: "list or mapping", expected: expected, read: read, show: { .mapping($0.map(EnvironmentSyntax.shown)) })
    }
}

/// Variables as compose files write them.
enum EnvironmentSyntax {
    /// One element of the list form.
    static func read(_ node: Node, _ reader: inout Reader) -> EnvironmentVariable? {
        guard let scalar = reader.scalar(node, expected: "NAME=value or NAME") else { return nil }
        guard let split = scalar.text.firstIndex(of: "=") else { return inherited(scalar.text, &reader) }
        return variable(
            String(scalar.text[..<split]), String(scalar.text[scalar.text.index(after: split)...]), usesSecret: scalar.usesSecret, &reader)
    }

    /// One entry of the mapping form.
    static func read(_ entry: Reader.Entry, _ reader: inout Reader) -> EnvironmentVariable? {
        guard !entry.value.isNull else { return inherited(entry.key, &reader) }
        guard let scalar = reader.scalar(entry.value, expected: "a text") else { return nil }
        return variable(entry.key, scalar.text, usesSecret: scalar.usesSecret, &reader)
    }

    private static func variable(_ name: String, _ value: String, usesSecret: Bool, _ reader: inout Reader) -> EnvironmentVariable? {
        guard checkName(name, &reader) else { return nil }
        guard !value.utf8.contains(0) else {
            reader.report("\(reader.path) has a value with a NUL byte", fix: "remove it")
            return nil
        }
        return EnvironmentVariable(name, value, isSecret: usesSecret || isSecret(name, value))
    }

    /// A value that was written out in the file and is a secret all the same: by its name, or as a URL with a password.
    private static func isSecret(_ name: String, _ value: String) -> Bool {
        !value.isEmpty && (SecretNames.isSecret(name) || (value.contains("://") && RedactedURL.text(value) != value))
    }

    private static func inherited(_ name: String, _ reader: inout Reader) -> EnvironmentVariable? {
        guard checkName(name, &reader) else { return nil }
        guard let variable = reader.variable(name) else {
            reader.warn(
                "\(reader.path) takes '\(name.clipped)' from the variables, where it is not set",
                fix: "set it in '.env', or write \(name)=value")
            return nil
        }
        return variable
    }

    private static func checkName(_ name: String, _ reader: inout Reader) -> Bool {
        let isName = !name.isEmpty && name.utf8.count <= 255 && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "=") }
        if !isName { reader.report("\(reader.path) has '\(name.clipped)' as a name", fix: "use a name without blanks: NAME=value") }
        return isName
    }

    /// Each name once, at the place of the first, with the value of the last.
    static func merged(_ variables: [EnvironmentVariable]) -> [EnvironmentVariable] {
        var places: [String: Int] = [:]
        var result: [EnvironmentVariable] = []
        for variable in variables {
            if let place = places[variable.name] {
                result[place] = variable
            } else {
                places[variable.name] = result.count
                result.append(variable)
            }
        }
        return result
    }

    /// The value is a template already, or `***`.
    static func shown(_ variable: EnvironmentVariable) -> (key: String, value: Shown) {
        (variable.name, .template(variable.value.reveal()))
    }
}

extension ValueType where Value == [String: String] {
    /// `labels:` as a list or a mapping.
    static var labels: Self {
        let expected = "a mapping { name: value }, or a list [ name=value ]"
        let list = ValueType<[String]>.list(.text("label", expected: "name=value"))
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            guard case .mapping = node else {
                return list.read(node, &reader).map { labels in
                    let pairs = labels.map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init) }
                    return Dictionary(pairs.map { ($0.first ?? "", $0.dropFirst().first ?? "") }) { _, last in last }
                }
            }
            guard let entries = reader.entries(node, expected: expected) else { return nil }
            let pairs: [(String, String)] = entries.compactMap { entry in
                guard !entry.value.isNull else { return (entry.key, "") }
                return reader.enter(entry.key.clipped, line: entry.line) { reader in
                    ValueType<String>.template.read(entry.value, &reader).map { (entry.key, $0) }
                }
            }
            return Dictionary(pairs) { _, last in last }
        }
        return Self(
            label: "list or mapping", expected: expected, read: read,
            show: { .mapping($0.sorted { $0.key < $1.key }.map { ($0.key, .template($0.value)) }) })
    }
}

/// Files with variables, and what stands in them.
struct EnvironmentFiles: Sendable, Equatable {
    var paths: [String] = []
    var variables: [EnvironmentVariable] = []
}

extension ValueType where Value == EnvironmentFiles {
    /// `env_file:`: one path, a list of paths, or a list of mappings with `required`.
    static var environmentFiles: Self {
        let expected = "the path of a file, or a list of paths"
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            var files = EnvironmentFiles()
            guard case .sequence = node else {
                EnvironmentFileDraft.read(node, into: &files, &reader)
                return files
            }
            for (index, element) in (reader.elements(node, expected: expected) ?? []).enumerated() {
                reader.enter("[\(index)]", line: element.line) { EnvironmentFileDraft.read(element, into: &files, &$0) }
            }
            return files
        }
        return Self(label: "path or list", expected: expected, read: read, show: { .list($0.paths.map { .text($0) }) })
    }
}

private struct EnvironmentFileDraft {
    static let schema = Schema<EnvironmentFileDraft>(
        fields: [
            Field("path", \.path, .folderInside, isRequired: true, "The file."),
            Field("required", \.isRequired, .bool, "Whether it must exist."),
        ],
        refused: ["format": ("every file is read by the same rules", "remove 'format'")])

    var path: String?
    var isRequired = true

    static func read(_ node: Node, into files: inout EnvironmentFiles, _ reader: inout Reader) {
        var draft = EnvironmentFileDraft()
        if case .mapping = node {
            schema.read(node, into: &draft, &reader, expected: "a mapping: { path: ./app.env, required: false }")
        } else {
            draft.path = ValueType<String>.folderInside.read(node, &reader)
        }
        guard let written = draft.path else { return }
        draft.read(written, FilePaths.absolute(written, from: reader.folder, home: reader.home), into: &files, &reader)
    }

    private func read(_ written: String, _ path: String, into files: inout EnvironmentFiles, _ reader: inout Reader) {
        switch TextFile.read(path, shown: written) {
        case .missing where !isRequired: return
        case .missing:
            reader.report(
                "\(reader.path) is '\(written.clipped)', and there is no such file",
                fix: "create it, correct the path, or write { path: \(written.clipped), required: false }")
        case .wrong(let finding): reader.absorb([finding])
        case .text(let text):
            let file = DotEnv(text, file: written, environment: reader.environment)
            reader.absorb(file.findings)
            let variables = file.values.sorted { $0.key < $1.key }.map { EnvironmentVariable($0.key, $0.value, isSecret: true) }
            files.paths.append(path)
            files.variables = EnvironmentSyntax.merged(files.variables + variables)
        }
    }
}
