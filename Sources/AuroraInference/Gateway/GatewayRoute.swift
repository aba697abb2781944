import AuroraDialects
import AuroraHTTP
import NIOCore

/// The wire of a request on its way to a worker.
enum Dialect: Sendable { case openai, ollama }

/// A hot route: a POST that an engine answers. Everything else is served by the router behind.
///
/// Without raw values, because those of strings make comparing and hashing slow, and both happen for every request.
enum GatewayRoute: Sendable, CaseIterable {
    case chatCompletions, completions, embeddings
    case messages, responses
    case chat, generate, embed, oldEmbeddings

    private static let byPath = Dictionary(uniqueKeysWithValues: allCases.map { ($0.path, $0) })

    /// Nil for anything that is not hot.
    init?(_ head: RequestHead) {
        guard head.method == "POST" else { return nil }
        if let route = Self.byPath[head.target] {
            self = route
        } else if let query = head.target.firstIndex(of: "?"), let route = Self.byPath[String(head.target[..<query])] {
            self = route
        } else {
            return nil
        }
    }

    var path: String {
        switch self {
        case .chatCompletions: "/v1/chat/completions"
        case .completions: "/v1/completions"
        case .embeddings: "/v1/embeddings"
        case .messages: Face.anthropic.path
        case .responses: Face.responses.path
        case .chat: "/api/chat"
        case .generate: "/api/generate"
        case .embed: "/api/embed"
        case .oldEmbeddings: "/api/embeddings"
        }
    }

    var dialect: Dialect {
        switch self {
        case .chatCompletions, .completions, .embeddings, .messages, .responses: .openai
        case .chat, .generate, .embed, .oldEmbeddings: .ollama
        }
    }

    /// The same call as the translation knows it; nil where the engine speaks the client's dialect anyway.
    var ollama: OllamaRoute? {
        switch self {
        case .chat: .chat
        case .generate: .generate
        case .embed: .embed
        case .oldEmbeddings: .embeddings
        default: nil
        }
    }

    /// The wire that only the client speaks; its requests become chat completions at once.
    var face: Face? {
        switch self {
        case .messages: .anthropic
        case .responses: .responses
        default: nil
        }
    }

    /// The body of an error in the shape that clients of this route parse.
    func error(_ error: DialectError, requestID: String?) -> ByteBuffer {
        if let face { return face.error(error, requestID: requestID) }
        return dialect == .openai ? OpenAIShape.error(error) : OllamaShape.error(error)
    }

    /// What a request without a `stream` field means.
    var streamsByDefault: Bool { self == .chat || self == .generate }

    var canStream: Bool { self != .embeddings && self != .embed && self != .oldEmbeddings }

    /// The value of `gen_ai.operation.name`.
    var operation: String {
        switch self {
        case .chatCompletions, .chat, .messages, .responses: "chat"
        case .completions, .generate: "text_completion"
        case .embeddings, .embed, .oldEmbeddings: "embeddings"
        }
    }
}
