import AuroraConfig
import AuroraHTTP
import AuroraInference
import AuroraRouting

extension NodeSettings {
    /// The web pages that may call: those of the manifest and those of `OLLAMA_ORIGINS`.
    var cors: CORS { CORS(origins: manifest.origins + CORS.origins(ofVariable: environment["OLLAMA_ORIGINS"])) }
}

extension Manifest {
    /// Second names of models, as the gateway looks them up.
    /// What the gateway must know of names: aliases, fallbacks and policies.
    var modelNames: ModelNames {
        ModelNames(
            aliases: Dictionary(aliases.map { ($0.name, $0.model) }, uniquingKeysWith: { first, _ in first }),
            fallbacks: Dictionary(
                models.filter { !$0.fallback.isEmpty }.map { ($0.name, $0.fallback) }, uniquingKeysWith: { first, _ in first }),
            policies: Dictionary(
                models.compactMap { model in model.policy.flatMap { PolicyName(rawValue: $0.rawValue) }.map { (model.name, $0) } },
                uniquingKeysWith: { first, _ in first }))
    }

    var modelAliases: ModelAliases { ModelAliases(aliases.map { (name: $0.name, target: $0.model) }) }

    /// Which models belong where.
    var modelRules: ModelRules { ModelRules(nodes: models.map { (model: $0.name, on: $0.on) }, aliases: modelAliases) }
}
