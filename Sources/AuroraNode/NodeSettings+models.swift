import AuroraConfig
import AuroraHTTP
import AuroraInference

extension NodeSettings {
    /// The web pages that may call: those of the manifest and those of `OLLAMA_ORIGINS`.
    var cors: CORS { CORS(origins: manifest.origins + CORS.origins(ofVariable: environment["OLLAMA_ORIGINS"])) }
}

extension Manifest {
    /// Second names of models, as the gateway looks them up.
    var modelAliases: ModelAliases { ModelAliases(aliases.map { (name: $0.name, target: $0.model) }) }

    /// Which models belong where.
    var modelRules: ModelRules { ModelRules(nodes: models.map { (model: $0.name, on: $0.on) }, aliases: modelAliases) }
}
