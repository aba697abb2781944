import AuroraDialects

/// Second names of models: `fast` for `qwen3:8b`.
public struct ModelAliases: Sendable, Equatable {
    /// By name, in the order in which they were written.
    public let entries: [(name: String, target: String)]

    public init(_ entries: [(name: String, target: String)] = []) { self.entries = entries }

    /// The model behind an alias; nil for a name that is none. Programs that add `:latest` to every name are understood.
    public func target(of name: String) -> String? {
        entries.first { $0.name == name || "\($0.name):latest" == name }?.target
    }

    /// The model that is meant: the alias's target, or the name as it is.
    public func resolve(_ name: String) -> String { target(of: name) ?? name }

    public static func == (left: ModelAliases, right: ModelAliases) -> Bool {
        left.entries.elementsEqual(right.entries) { $0 == $1 }
    }
}

/// What the manifest says about models.
public struct ModelRules: Sendable {
    public let aliases: ModelAliases
    private let nodes: [String: [String]]

    /// - Parameter nodes: for a model, the nodes or engines it belongs on.
    public init(nodes: [(model: String, on: [String])] = [], aliases: ModelAliases = ModelAliases()) {
        self.aliases = aliases
        self.nodes = Dictionary(nodes.map { (ModelName($0.model).key, $0.on) }, uniquingKeysWith: { first, _ in first })
    }

    /// Where the model belongs; nil when the manifest does not say.
    func nodes(of model: String) -> [String]? {
        guard let on = nodes[ModelName(model).key], !on.isEmpty else { return nil }
        return on
    }
}
