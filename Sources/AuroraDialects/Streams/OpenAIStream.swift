public import NIOCore

/// Writes a chat answer of our own in OpenAI's shape: `role`, any number of `content`, `finish`, `usage` only when the client
/// asked for it, `done`.
public struct OpenAIStream: Sendable {
    public let id: String
    public let model: String
    /// Seconds since 1970, one value for the whole answer.
    public let created: Int

    public init(id: String, model: String, created: Int) {
        self.id = id
        self.model = model
        self.created = created
    }

    public static var done: ByteBuffer { ByteBuffer(staticString: "data: [DONE]\n\n") }
    /// A comment that keeps a connection alive while nothing comes.
    public static var keepAlive: ByteBuffer { ByteBuffer(staticString: ": keep-alive\n\n") }

    public func role() -> ByteBuffer { chunk(delta: ["role": "assistant", "content": ""]) }

    public func content(_ text: String) -> ByteBuffer { chunk(delta: ["content": .string(text)]) }

    /// `reason` is `stop`, `length` or `tool_calls`.
    public func finish(_ reason: String) -> ByteBuffer { chunk(delta: [:], finishReason: .string(reason)) }

    public func usage(_ usage: TokenUsage) -> ByteBuffer {
        var chunk = head("chat.completion.chunk")
        chunk.append("choices", [])
        chunk.append("usage", Self.json(usage))
        return OpenAIShape.event(.object(chunk))
    }

    /// The whole answer as one document, for a client that does not stream.
    public func whole(content: String, finishReason: String, usage: TokenUsage) -> ByteBuffer {
        var body = head("chat.completion")
        body.append(
            "choices",
            [["index": 0, "message": ["role": "assistant", "content": .string(content)], "finish_reason": .string(finishReason)]])
        body.append("usage", Self.json(usage))
        return JSON.object(body).bytes
    }

    private func chunk(delta: JSON, finishReason: JSON = .null) -> ByteBuffer {
        var chunk = head("chat.completion.chunk")
        chunk.append("choices", [["index": 0, "delta": delta, "finish_reason": finishReason]])
        return OpenAIShape.event(.object(chunk))
    }

    private func head(_ object: String) -> JSONObject {
        [
            "id": .string(id), "object": .string(object), "created": .int(created), "model": .string(model),
            "system_fingerprint": "fp_aurora",
        ]
    }

    private static func json(_ usage: TokenUsage) -> JSON {
        let (prompt, completion) = (usage.prompt ?? 0, usage.completion ?? 0)
        return ["prompt_tokens": .int(prompt), "completion_tokens": .int(completion), "total_tokens": .int(prompt &+ completion)]
    }
}
