import AuroraDialects
import AuroraModel
import NIOCore
import Testing

/// The text of an event of chat.completions, as llama.cpp sends it.
func chatEvent(_ delta: String, finish: String = "null", id: String = "first", model: String = "m") -> String {
    """
    data: {"choices":[{"finish_reason":\(finish),"index":0,"delta":\(delta)}],"created":7,"id":"\(id)","model":"\(model)",\
    "system_fingerprint":"fp-\(id)","object":"chat.completion.chunk"}\n\n
    """
}

func chatText(_ text: String, id: String = "first") -> String { chatEvent("{\"content\":\(JSON.string(text).text)}", id: id) }

func chatUsage(_ prompt: Int, _ completion: Int, id: String = "second") -> String {
    """
    data: {"choices":[],"id":"\(id)","usage":{"prompt_tokens":\(prompt),"completion_tokens":\(completion),"total_tokens":\
    \(prompt + completion)}}\n\n
    """
}

let chatRole = #"{"role":"assistant","content":null}"#
let chatDone = "data: [DONE]\n\n"

/// What a client has been sent of an answer, and the request behind it.
struct Broken {
    var record: AnswerRecord
    let body: String

    init(_ wire: AnswerWire, _ body: String, _ sent: String...) {
        record = AnswerRecord(wire)
        self.body = body
        for piece in sent { record.append(ByteBuffer(string: piece)) }
    }

    func resumption(on kind: EngineKind = .openai, keepsGrammar: Bool = false) -> Resumption {
        record.resumption(of: ByteBuffer(string: body), on: kind, keepsGrammar: keepsGrammar)
    }

    func continuation(on kind: EngineKind = .openai) throws -> Continuation {
        guard case .resume(let continuation) = resumption(on: kind) else {
            throw DialectError(.failed, "not resumed: \(resumption(on: kind))")
        }
        return continuation
    }

    func request(on kind: EngineKind = .openai) throws -> JSON { try JSON(parsing: continuation(on: kind).body) }

    func obstacle(on kind: EngineKind = .openai, keepsGrammar: Bool = false) -> Obstacle? {
        guard case .impossible(let obstacle) = resumption(on: kind, keepsGrammar: keepsGrammar) else { return nil }
        return obstacle
    }

    func closing() -> String? {
        guard case .close(let bytes) = resumption() else { return nil }
        return String(buffer: bytes)
    }
}

extension Splice {
    /// What the client gets of that stream, given in pieces of `size` bytes.
    mutating func all(_ stream: String, size: Int = .max) -> String {
        var input = ByteBuffer(string: stream)
        var out = ByteBuffer()
        while let piece = input.readSlice(length: min(size, input.readableBytes)), piece.readableBytes > 0 { push(piece, into: &out) }
        finish(into: &out)
        return String(buffer: out)
    }
}
