/// A stream that a client may be reading: the four shapes in which text comes piece by piece.
public enum AnswerWire: String, Sendable, CaseIterable {
    /// OpenAI's `/v1/chat/completions`.
    case chatCompletions = "/v1/chat/completions"
    /// OpenAI's `/v1/completions`.
    case completions = "/v1/completions"
    /// Ollama's `/api/chat`.
    case chat = "/api/chat"
    /// Ollama's `/api/generate`.
    case generate = "/api/generate"

    /// The wire of the call at that path; nil when its answer is no stream of text.
    public init?(path: some StringProtocol) {
        self.init(rawValue: String(path))
    }

    public var path: String { rawValue }

    /// How the stream is cut into events.
    public var framing: StreamTail.Kind {
        switch self {
        case .chatCompletions, .completions: .sse
        case .chat, .generate: .ndjson
        }
    }
}
