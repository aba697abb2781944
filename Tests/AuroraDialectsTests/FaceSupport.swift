import AuroraDialects
import NIOCore

extension Face {
    func translate(_ body: String) throws(DialectError) -> FaceRequest {
        try translate(ByteBuffer(string: body), id: "1", created: 7)
    }

    /// The chat.completions request that comes of it.
    func chat(_ body: String) throws -> JSON { try JSON(parsing: translate(body).body) }

    /// The words of the refusal; nil when there is none.
    func refusal(_ body: String) -> String? {
        do {
            _ = try translate(body)
            return nil
        } catch {
            return error.status == 400 ? error.message : "status \(error.status)"
        }
    }

    /// What the client gets of that answer, given in pieces of `size` bytes.
    func answer(_ body: String, _ upstream: String, size: Int = .max) throws -> String {
        var reply = try translate(body).reply
        return reply.all(upstream, size: size)
    }
}

extension FaceReply {
    mutating func all(_ upstream: String, size: Int = .max) -> String {
        var input = ByteBuffer(string: upstream)
        var out = ByteBuffer()
        while let piece = input.readSlice(length: min(size, input.readableBytes)), piece.readableBytes > 0 { push(piece, into: &out) }
        finish(into: &out)
        return String(buffer: out)
    }
}

/// An answer that thinks, speaks and calls two tools.
let richAnswer =
    chatEvent(chatRole) + chatEvent(#"{"reasoning_content":"hm"}"#) + chatText("Let me ") + chatText("look.")
    + chatEvent(#"{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"weather","arguments":""}}]}"#)
    + chatEvent(#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"city\":"}}]}"#)
    + chatEvent(#"{"tool_calls":[{"index":0,"function":{"arguments":"\"Rome\"}"}}]}"#)
    + chatEvent(#"{"tool_calls":[{"index":1,"id":"call_b","function":{"name":"time","arguments":"{}"}}]}"#)
    + chatEvent("{}", finish: #""tool_calls""#) + richUsage + chatDone

let richUsage =
    #"data: {"choices":[],"usage":{"prompt_tokens":20,"completion_tokens":9,"prompt_tokens_details":{"cached_tokens":12},"completion_tokens_details":{"reasoning_tokens":4}}}"#
    + "\n\n"

/// The same in one piece.
let richWhole = """
    {"id":"c","model":"up","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":"Let me look.",\
    "reasoning_content":"hm","tool_calls":[{"id":"call_a","type":"function","function":{"name":"weather",\
    "arguments":"{\\"city\\":\\"Rome\\"}"}},{"id":"call_b","type":"function","function":{"name":"time","arguments":"{}"}}]}}],\
    "usage":{"prompt_tokens":20,"completion_tokens":9,"prompt_tokens_details":{"cached_tokens":12},\
    "completion_tokens_details":{"reasoning_tokens":4}}}
    """
