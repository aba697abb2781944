import NIOCore

/// The last bytes of an answer whose text the client has already.
enum AnswerEnding {
    /// What is missing behind the engine's own finish: `[DONE]`, or nothing.
    static func missing(_ answer: AnswerSoFar) -> ByteBuffer {
        answer.wire.framing == .sse && !answer.sawDone ? OpenAIStream.done : ByteBuffer()
    }

    /// The finish of an answer that is as long as it may be. The counts of the prompt are not known and are left out.
    static func length(_ answer: AnswerSoFar) -> ByteBuffer {
        var event = JSONObject(members: answer.identity)
        switch answer.wire {
        case .chatCompletions:
            event.append("object", "chat.completion.chunk")
            event.append("choices", [["index": 0, "delta": [:], "finish_reason": "length"]])
        case .completions:
            event.append("object", "text_completion")
            event.append("choices", [["index": 0, "text": "", "logprobs": .null, "finish_reason": "length"]])
        case .chat: event.append("message", ["role": "assistant", "content": ""])
        case .generate: event.append("response", "")
        }
        guard answer.wire.framing == .sse else { return line(&event, answer) }
        var out = OpenAIShape.event(.object(event))
        out.writeImmutableBuffer(OpenAIStream.done)
        return out
    }

    private static func line(_ event: inout JSONObject, _ answer: AnswerSoFar) -> ByteBuffer {
        event.append("created_at", answer.lastMoment)
        event.append("done", true)
        event.append("done_reason", "length")
        event.append("eval_count", .int(answer.tokens))
        var out = JSON.object(event).bytes
        out.writeStaticString("\n")
        return out
    }
}
