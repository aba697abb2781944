public import AuroraRouting

/// What the manifest says about names of models.
public struct ModelNames: Sendable, Equatable {
    /// Name to name: `fast` is `qwen3:8b`.
    public var aliases: [String: String]
    /// What to ask for when nobody can answer for a model now, in order.
    public var fallbacks: [String: [String]]
    public var policies: [String: PolicyName]

    public init(aliases: [String: String] = [:], fallbacks: [String: [String]] = [:], policies: [String: PolicyName] = [:]) {
        self.aliases = aliases
        self.fallbacks = fallbacks
        self.policies = policies
    }

    /// The model that is meant, then its fallbacks; each once, and never empty.
    func chain(for name: String) -> [String] {
        if aliases.isEmpty, fallbacks.isEmpty { return [name] }
        let first = aliases[name] ?? name
        var chain = [first]
        for next in fallbacks[first] ?? [] {
            let model = aliases[next] ?? next
            if !chain.contains(model) { chain.append(model) }
        }
        return chain
    }

    func policy(of model: String) -> PolicyName? { policies.isEmpty ? nil : policies[model] }

    var aliasNames: [String] { aliases.keys.sorted() }
}
