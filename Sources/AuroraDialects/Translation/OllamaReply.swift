import struct Foundation.Date

/// What kind of answer the client waits for.
enum ReplyShape: Sendable, Equatable {
    case chat, generate
    /// With the number of dimensions that the client wants, if it does.
    case embed(dimensions: Int?)
    case embeddings
}

/// Writes the lines of `/api/chat` and `/api/generate`.
struct OllamaReply: Sendable {
    let shape: ReplyShape
    /// The name that the client used.
    let model: String
    /// The client said `think: false`; an engine that thinks all the same is not repeated.
    var hidesThinking = false
    /// `top_logprobs` of the request.
    var alternatives = 0
    /// The beginning of the answer that stood in the request.
    var prefill: String?

    /// One line: a piece of the answer, and then `ending`. `toolCalls` are in Ollama's shape.
    func line(_ piece: OpenAIPiece, toolCalls: [JSON] = [], at date: Date, ending: [JSONObject.Member]) -> JSONObject {
        var line: JSONObject = ["model": .string(model), "created_at": .string(RFC3339.text(date))]
        let thinking: JSON? = hidesThinking || piece.thinking.isEmpty ? nil : .string(piece.thinking)
        if shape == .chat {
            var message: JSONObject = ["role": "assistant", "content": .string(piece.content)]
            message.append("thinking", thinking)
            if !toolCalls.isEmpty { message.append("tool_calls", .array(toolCalls)) }
            line.append("message", .object(message))
        } else {
            line.append("response", .string(piece.content))
            line.append("thinking", thinking)
        }
        line.append("logprobs", piece.logprobs)
        for member in ending { line.append(member.key, member.value) }
        return line
    }

    /// `done_reason` for a `finish_reason`. A call of tools is a normal end on Ollama's wire; unknown reasons stay as they are.
    static func doneReason(_ finishReason: String?) -> String {
        switch finishReason {
        case nil, "stop", "tool_calls", "function_call", "eos": "stop"
        case let reason?: reason
        }
    }
}
