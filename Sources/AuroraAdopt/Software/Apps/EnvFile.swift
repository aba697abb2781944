public import AuroraModel

/// A `.env` file with its values, which stay inside this process.
public struct EnvFile: Sendable, Equatable {
    public var path: String
    public private(set) var values: [String: Secret]
    /// In the order of the file, each once.
    public private(set) var names: [String]

    /// Wrong lines are passed over: the file belongs to somebody else, and its programs bear with them too.
    public init(_ text: String, path: String) {
        self.path = path
        values = [:]
        names = []
        var scanner = DotEnvScanner(text)
        while let entry = scanner.next() {
            guard case .variable(let name, let value, _) = entry else { continue }
            if values.updateValue(Secret(value.text), forKey: name) == nil { names.append(name) }
        }
    }

    public subscript(name: String) -> String? { values[name]?.reveal() }

    public var facts: EnvFileFacts { EnvFileFacts(path: path, names: names) }
}
