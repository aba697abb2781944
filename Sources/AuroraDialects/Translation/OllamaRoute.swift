/// The calls of Ollama's wire that run a model.
public enum OllamaRoute: String, Sendable, CaseIterable {
    case chat, generate, embed, embeddings

    /// `/api/chat`, …
    public var path: String { "/api/\(rawValue)" }

    /// The route at that path; nil for any other.
    public init?(path: some StringProtocol) {
        guard path.hasPrefix("/api/") else { return nil }
        self.init(rawValue: String(path.dropFirst("/api/".count)))
    }
}
