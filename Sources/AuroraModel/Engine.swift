/// The wire that an engine speaks natively.
public enum EngineKind: String, Sendable, Codable, CaseIterable {
    /// Ollama: `/api/*`, and `/v1/*` beside it.
    case ollama
    /// Any OpenAI-compatible server: llama.cpp, vLLM, LM Studio, SGLang, …
    case openai
}

/// How Aurora came to know an engine.
public enum EngineSource: String, Sendable, Codable {
    /// Named in `engines:` or `keep:`.
    case manifest
    /// Found at `OLLAMA_HOST` or on a usual loopback port.
    case discovered
    /// Started and supervised by this node.
    case local
    /// Told by another node, through whose gateway it is reached.
    case peer
}

/// An engine as configured or found: where it is and how to talk to it.
public struct EngineSpec: Sendable, Equatable {
    public let name: String
    public let kind: EngineKind
    /// Scheme, host and port, without a trailing slash and without `/v1`; for example `http://127.0.0.1:11434`.
    public let url: String
    /// Sent upstream as a bearer token in place of the client's own credentials.
    public let apiKey: Secret?
    public let source: EngineSource
    /// Requests it may run at once; more wait for another engine or get 503. Nil: no limit of ours.
    public let parallel: Int?

    public init(name: String, kind: EngineKind, url: String, apiKey: Secret? = nil, source: EngineSource, parallel: Int? = nil) {
        self.name = name
        self.kind = kind
        self.url = url
        self.apiKey = apiKey
        self.source = source
        self.parallel = parallel
    }
}
