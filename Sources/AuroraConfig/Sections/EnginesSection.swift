import AuroraModel

/// One server that runs models under `engines:`, as written.
struct EngineDraft: Draft {
    static let noun = "an engine"
    static let schema = Schema<EngineDraft>(fields: [
        Field("kind", \.kind, .choice(), isRequired: true, "What it speaks; `openai` is any OpenAI-compatible server."),
        Field("url", \.url, .engineURL, isRequired: true, "Scheme, host and port; a trailing `/v1` is taken off."),
        Field("api_key", \.apiKey, .secret("the key the engine asks for"), "Sent to the engine in place of the caller's own."),
        Field("parallel", \.parallel, .int(1...10_000), "Requests it may work on at once; none: no limit."),
    ])

    var kind: EngineKind?
    var url: String?
    var apiKey: Secret?
    var parallel: Int?

    init() {}

    init(_ engine: EngineSpec) {
        (kind, url, apiKey, parallel) = (engine.kind, engine.url, engine.apiKey, engine.parallel)
    }

    /// An empty key, as `${POD_KEY:-}` gives, is no key.
    func built(name: String, _: inout Reader) -> EngineSpec? {
        guard let kind, let url else { return nil }
        let key = apiKey.flatMap { $0.reveal().isEmpty ? nil : $0 }
        return EngineSpec(name: name, kind: kind, url: url, apiKey: key, source: .manifest, parallel: parallel)
    }

    static func name(of engine: EngineSpec) -> String { engine.name }
}

/// `discovery:`.
enum DiscoverySection {
    static let schema = Schema<Manifest.Discovery>(fields: [
        Field("loopback", \.loopback, .bool, "Ask the usual ports of this machine for engines."),
        Field("local_engine", \.localEngine, .choice(), "`auto`: install and run a small engine when no other is found."),
    ])
}
