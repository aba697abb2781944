public import NIOCore

/// A wire that only clients speak. The gateway turns its requests into chat.completions before it looks for an engine, so
/// routing, translation and fail-over know nothing of it, and turns the answer back at the client's edge.
public enum Face: String, Sendable, CaseIterable {
    /// Anthropic's Messages.
    case anthropic = "/v1/messages"
    /// OpenAI's Responses, without anything that is kept between calls.
    case responses = "/v1/responses"

    /// The face of the call at that path; nil for any other.
    public init?(path: some StringProtocol) {
        self.init(rawValue: String(path))
    }

    public var path: String { rawValue }

    /// A comment that keeps the client's stream alive before the answer begins. Its first event must be the answer's own.
    public static var keepAlive: ByteBuffer { OpenAIStream.keepAlive }

    /// `id` makes the ids in the answer, without a prefix; `created` is the time in seconds since 1970.
    public func translate(_ body: ByteBuffer, id: String, created: Int) throws(DialectError) -> FaceRequest {
        let document: JSON
        do { document = try JSON(parsing: body) } catch { throw .invalidBody(error) }
        guard let object = document.object else { throw .invalidBody(JSONError(.notAnObject, at: 0)) }
        let fields = Fields(object)
        switch self {
        case .anthropic: return try AnthropicRequest(fields).face(id: id)
        case .responses: return try ResponsesRequest(fields).face(id: id, created: created)
        }
    }

    /// The body of an answer with that error's status, of type `application/json`.
    public func error(_ error: DialectError, requestID: String? = nil) -> ByteBuffer {
        switch self {
        case .anthropic: AnthropicShape.error(error, requestID: requestID).bytes
        case .responses: OpenAIShape.error(error)
        }
    }
}

/// A request as chat.completions, and the way back for its answer.
public struct FaceRequest: Sendable {
    /// For `/v1/chat/completions`; a streamed answer is asked for with its usage.
    public let body: ByteBuffer
    public let model: String
    public let streams: Bool
    public var reply: FaceReply

    init(_ request: JSONObject, model: String, streams: Bool, reply: FaceReply) {
        var request = request
        request.append("stream", .bool(streams))
        if streams { request.append("stream_options", ["include_usage": true]) }
        body = JSON.object(request).bytes
        self.model = model
        self.streams = streams
        self.reply = reply
    }
}
