public import NIOCore

/// A request of Ollama's wire for an engine that speaks OpenAI's: what to send, and how to turn the answer back.
///
/// An Ollama engine serves both wires itself, so this is the only translation there is.
public struct Translation: Sendable {
    /// Where to send it, for example `/v1/chat/completions`.
    public let path: String
    public let body: ByteBuffer
    /// Whether both sides stream.
    public let streams: Bool
    public var reply: ReplyTranslator

    public enum Outcome: Sendable {
        case forward(Translation)
        /// Nothing to ask an engine for.
        case answer(LocalAnswer)
    }

    /// `upstreamModel` is the engine's own name; answers carry the name that the client used.
    public static func translate(
        _ route: OllamaRoute, body: ByteBuffer, upstreamModel: String, now: Moment
    ) throws(DialectError) -> Outcome {
        let document: JSON
        do { document = try JSON(parsing: body) } catch { throw .invalidBody(error) }
        guard let object = document.object else { throw .invalidBody(JSONError(.notAnObject, at: 0)) }
        let fields = Fields(object)
        switch route {
        case .chat: return try chat(fields, upstreamModel, now)
        case .generate: return try generate(fields, upstreamModel, now)
        case .embed: return try embed(fields, upstreamModel, now)
        case .embeddings: return try embeddings(fields, upstreamModel, now)
        }
    }
}

/// An answer that needs no engine: the body of a 200 of type `application/json`.
public struct LocalAnswer: Sendable, Equatable {
    public enum Reason: Sendable, Equatable {
        /// An empty prompt asks to load the model. An engine of this kind has it loaded.
        case load
        /// An empty prompt with `keep_alive` 0. An engine of this kind keeps its model.
        case unload
        /// There is no text to embed.
        case nothingToEmbed
    }

    public let reason: Reason
    public let body: ByteBuffer

    static func loading(_ shape: ReplyShape, _ settings: GenerationSettings, _ now: Moment) -> LocalAnswer {
        let unloads = settings.keepAlive == .unload
        let last: [JSONObject.Member] = [.init("done", true), .init("done_reason", unloads ? "unload" : "load")]
        let body = OllamaReply(shape: shape, model: settings.model).line(OpenAIPiece(), at: now.date, ending: last)
        return LocalAnswer(reason: unloads ? .unload : .load, body: JSON.object(body).bytes)
    }
}
