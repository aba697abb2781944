/// A user's message and what goes with it.
public struct ChatTurn: Sendable, Equatable {
    public var message: String
    /// Id or name of a personality; nil: the conversation's, else the default one.
    public var personality: String?
    /// Nil starts a new conversation.
    public var conversationID: String?
    /// Free text of the client, to find its conversations again.
    public var clientID: String?
    /// Nil: the personality's model, else the first that is ready.
    public var model: String?
    /// W3C trace context of the request, passed on to the model.
    public var traceparent: String?

    public init(
        message: String, personality: String? = nil, conversationID: String? = nil, clientID: String? = nil, model: String? = nil,
        traceparent: String? = nil
    ) {
        self.message = message
        self.personality = personality
        self.conversationID = conversationID
        self.clientID = clientID
        self.model = model
        self.traceparent = traceparent
    }
}

/// An answer that grows, or has grown. Holding or dropping it changes nothing about the answer.
public struct AnswerHandle: Sendable {
    public let conversationID: String
    /// Nil when the answer was found in the store, where it stands behind its question.
    public let questionID: String?
    public let answerID: String
    /// The id of the personality that answers.
    public let personality: String
    public let events: AnswerEvents
}
