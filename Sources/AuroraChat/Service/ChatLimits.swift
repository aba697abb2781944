/// How much the chat takes on; over a limit it says so instead of growing without end.
public struct ChatLimits: Sendable, Equatable {
    /// Bytes of one message.
    public var messageBytes = 256 * 1024
    /// Bytes of one answer; the model is stopped there, with reason `length`.
    public var answerBytes = 256 * 1024
    /// Messages of one conversation, answers included.
    public var conversationMessages = 2000
    /// Answers that grow at once on this node.
    public var concurrentAnswers = 64
    /// Answers that one WebSocket follows at once.
    public var answersPerSocket = 8
    /// The newest messages that are looked at when the model's context is filled.
    public var historyMessages = 200
    /// The longest that one answer may take, loading of the model included.
    public var answerTimeout: Duration = .seconds(600)
    /// The longest wait for the list of models.
    public var modelsTimeout: Duration = .seconds(5)
    /// A growing answer is written to the store this long after a piece came, or after `flushBytes`, whichever is first.
    public var flushInterval: Duration = .milliseconds(250)
    public var flushBytes = 2048
    /// Silence after which a stream gets a keep-alive.
    public var keepAlive: Duration = .seconds(10)

    public init() {}
}
