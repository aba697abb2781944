public import AuroraModel

public import struct Foundation.Date

/// Where conversations live. Every method returns only after the change is on disk ("acknowledged means stored").
///
/// SQLite implements it on one node; another database can take its place without a change above this line.
public protocol ConversationStore: Sendable {
    /// Creates it; throws `conflict` when the id exists.
    func create(_ conversation: Conversation) async throws
    func conversation(_ id: String) async throws -> Conversation?
    /// Newest first by `updatedAt`. `search` matches titles and message text; `before` is the `next` of the page before.
    func conversations(matching query: ConversationQuery) async throws -> Page<Conversation>
    /// Applies the change and returns the new value; nil when there is no such conversation.
    func update(_ id: String, _ change: ConversationChange, at now: Date) async throws -> Conversation?
    /// Deletes it with its messages; false when there was none.
    func delete(_ id: String) async throws -> Bool

    /// Appends with the next `sequence` and touches the conversation; throws `notFound` when it is gone.
    func append(_ message: NewMessage) async throws -> Message
    /// Appends the question and an empty growing answer in one transaction, so neither can exist alone.
    func append(question: NewMessage, answer: NewMessage) async throws -> (question: Message, answer: Message)
    /// Oldest first, `sequence > after`.
    func messages(of conversation: String, after: Int64, limit: Int) async throws -> Page<Message>
    /// The newest `limit` messages, oldest first.
    func lastMessages(of conversation: String, limit: Int) async throws -> [Message]
    func message(_ id: String) async throws -> Message?
    /// Replaces content and state of a growing answer. False when it is gone (conversation deleted meanwhile).
    @discardableResult
    func write(_ answer: AnswerProgress) async throws -> Bool
    /// Marks every answer still `growing` as `interrupted`; called once at start-up. Returns how many there were.
    func interruptGrowing() async throws -> Int
}

/// Which conversations to list.
public struct ConversationQuery: Sendable {
    public var clientID: String?
    public var search: String?
    /// The `next` of the previous page.
    public var before: String?
    public var limit: Int

    public init(clientID: String? = nil, search: String? = nil, before: String? = nil, limit: Int = 50) {
        self.clientID = clientID
        self.search = search
        self.before = before
        self.limit = limit
    }
}

/// What may be changed about a conversation; nil leaves a field as it is.
public struct ConversationChange: Sendable {
    public var title: String?
    public var personality: String?

    public init(title: String? = nil, personality: String? = nil) {
        self.title = title
        self.personality = personality
    }
}

/// A message before the store gives it a sequence number.
public struct NewMessage: Sendable {
    public let id: String
    public let conversationID: String
    public let role: MessageRole
    public let content: String
    public let state: MessageState
    public let createdAt: Date

    public init(id: String, conversationID: String, role: MessageRole, content: String, state: MessageState = .complete, createdAt: Date) {
        self.id = id
        self.conversationID = conversationID
        self.role = role
        self.content = content
        self.state = state
        self.createdAt = createdAt
    }
}

/// The answer so far.
public struct AnswerProgress: Sendable {
    public let messageID: String
    public let content: String
    public let state: MessageState
    public let model: String?
    public let node: String?
    public let error: String?

    public init(messageID: String, content: String, state: MessageState, model: String? = nil, node: String? = nil, error: String? = nil) {
        self.messageID = messageID
        self.content = content
        self.state = state
        self.model = model
        self.node = node
        self.error = error
    }
}
