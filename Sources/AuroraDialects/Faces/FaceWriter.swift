import NIOCore

/// Writes an answer in the shape of a face.
///
/// Streamed: `begin`, then for each item `open`, `grow` any number of times, `close`; at last `end`, or `fail` at any time.
/// In one piece: only `whole`.
protocol FaceWriter: Sendable {
    mutating func begin(into out: inout ByteBuffer)
    mutating func open(_ item: AnswerItem, at index: Int, into out: inout ByteBuffer)
    mutating func grow(_ item: AnswerItem, by text: String, at index: Int, into out: inout ByteBuffer)
    mutating func close(_ item: AnswerItem, at index: Int, into out: inout ByteBuffer)
    mutating func end(_ answer: Answer, into out: inout ByteBuffer)
    /// The event that ends a stream in which something was sent already.
    mutating func fail(_ error: DialectError, _ answer: Answer, into out: inout ByteBuffer)
    func whole(_ answer: Answer) throws(DialectError) -> JSON
    /// The body of an answer that is an error.
    func error(_ error: DialectError) -> ByteBuffer
    /// Whether the client wants to see what the model thinks.
    var showsThinking: Bool { get }
}

/// One part of an answer.
struct AnswerItem: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case thinking, text
        /// The text is the arguments.
        case call(id: String, name: String)
    }

    let kind: Kind
    var text = ""
}

/// What an engine has said so far.
struct Answer: Sendable, Equatable {
    var items: [AnswerItem] = []
    /// Of chat.completions: `stop`, `length`, `tool_calls`, `content_filter`; nil before the end.
    var finishReason: String?
    /// The stop sequence that was met, from the engines that tell it.
    var stopSequence: String?
    var usage = ChatUsage()

    var callsTools: Bool {
        items.contains { item in
            if case .call = item.kind { true } else { false }
        }
    }
}

/// `usage` of chat.completions. What an engine leaves out is 0.
struct ChatUsage: Sendable, Equatable {
    var prompt = 0
    var completion = 0
    /// Of the prompt's tokens those that were still in the engine's cache.
    var cached = 0
    /// Of the answer's tokens those that were thinking.
    var thinking = 0

    init() {}

    init(_ usage: JSON) {
        prompt = max(0, usage["prompt_tokens"]?.int ?? 0)
        completion = max(0, usage["completion_tokens"]?.int ?? 0)
        cached = min(prompt, max(0, usage["prompt_tokens_details"]?["cached_tokens"]?.int ?? 0))
        thinking = min(completion, max(0, usage["completion_tokens_details"]?["reasoning_tokens"]?.int ?? 0))
    }
}
