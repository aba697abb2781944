public import struct Foundation.Date

/// A conversation between one client and one personality.
public struct Conversation: Sendable, Equatable {
    public let id: String
    public var title: String?
    public var personality: String?
    /// The page or program that started it; free text chosen by the client.
    public var clientID: String?
    public var createdAt: Date
    public var updatedAt: Date
    public var messageCount: Int

    public init(
        id: String, title: String? = nil, personality: String? = nil, clientID: String? = nil, createdAt: Date, updatedAt: Date,
        messageCount: Int = 0
    ) {
        self.id = id
        self.title = title
        self.personality = personality
        self.clientID = clientID
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.messageCount = messageCount
    }
}

public enum MessageRole: String, Sendable, Codable { case system, user, assistant }

/// How far a message has come. Only answers pass through `growing`.
public enum MessageState: String, Sendable, Codable {
    /// Still being written by a model.
    case growing
    case complete
    /// The node stopped while the answer grew; what had been stored is kept.
    case interrupted
    /// The model failed; `error` says why, `content` is what came before.
    case failed
}

/// One turn of a conversation.
public struct Message: Sendable, Equatable {
    public let id: String
    public let conversationID: String
    /// Grows by one with each message of a conversation; also the paging cursor.
    public let sequence: Int64
    public let role: MessageRole
    public var content: String
    public var state: MessageState
    public var model: String?
    /// The node (and worker) that answered.
    public var node: String?
    public var error: String?
    public let createdAt: Date

    public init(
        id: String, conversationID: String, sequence: Int64, role: MessageRole, content: String, state: MessageState = .complete,
        model: String? = nil, node: String? = nil, error: String? = nil, createdAt: Date
    ) {
        self.id = id
        self.conversationID = conversationID
        self.sequence = sequence
        self.role = role
        self.content = content
        self.state = state
        self.model = model
        self.node = node
        self.error = error
        self.createdAt = createdAt
    }
}

/// A slice of a list and where to go on.
public struct Page<Element: Sendable>: Sendable {
    public let items: [Element]
    /// Pass it back as `after`/`before` to get the next slice; nil at the end.
    public let next: String?

    public init(items: [Element], next: String?) {
        self.items = items
        self.next = next
    }
}
