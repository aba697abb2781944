public import NIOCore

/// What can be done for an answer whose engine died in the middle.
public enum Resumption: Sendable {
    /// Another engine can go on with it.
    case resume(Continuation)
    /// The client has all of the text: these bytes, maybe none, end the answer properly.
    case close(ByteBuffer)
    case impossible(Obstacle)
}

/// The request that makes another engine go on, in the client's own dialect; `Translation` makes it fit an engine of the other
/// kind. It names the model as the client did.
public struct Continuation: Sendable {
    /// Which call to make. Not always the client's own: on Ollama only the chat calls take a partial answer.
    public let path: String
    public let body: ByteBuffer
    /// Makes the new engine's stream go on where the old one stopped.
    public var splice: Splice
}

/// Why an answer cannot be continued; the raw value is for metrics.
public enum Obstacle: String, Error, Sendable, CaseIterable {
    case toolCalls = "tool_calls"
    case thinking
    case logprobs
    case severalAnswers = "several_answers"
    case echo
    case structuredOutput = "structured_output"
    case prompt
    case tooLong = "too_long"
    case unreadable

    /// In words, to stand behind "the answer cannot be continued: ".
    public var reason: String {
        switch self {
        case .toolCalls: "a tool call had begun"
        case .thinking: "the model was still thinking"
        case .logprobs: "the probabilities of its tokens were asked for"
        case .severalAnswers: "several answers were asked for"
        case .echo: "the prompt was asked for in the answer"
        case .structuredOutput: "its form is prescribed, and the engine would begin it anew"
        case .prompt: "no text can be added to a prompt of this form"
        case .tooLong: "it is over \(AnswerSoFar.textLimit >> 20) MiB long"
        case .unreadable: "what was sent so far cannot be read"
        }
    }
}
