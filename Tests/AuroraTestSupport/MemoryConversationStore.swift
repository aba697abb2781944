public import AuroraModel
public import AuroraSystem

public import struct Foundation.Date

/// A conversation store that forgets; for tests of what stands above it.
public actor MemoryConversationStore: ConversationStore {
    private var conversations: [String: Conversation] = [:]
    private var messages: [Message] = []
    private var failure: AuroraError?
    /// What was written to answers, in order.
    public private(set) var writes: [AnswerProgress] = []

    public init() {}

    /// Until it is called with nil, everything that changes something throws this.
    public func fail(with error: AuroraError?) { failure = error }

    public func create(_ conversation: Conversation) throws {
        try check()
        guard conversations[conversation.id] == nil else {
            throw AuroraError(.conflict, "conversation '\(conversation.id)' exists", hint: "choose another id")
        }
        conversations[conversation.id] = conversation
    }

    public func conversation(_ id: String) -> Conversation? {
        conversations[id].map { conversation in
            var counted = conversation
            counted.messageCount = messages.count { $0.conversationID == id }
            return counted
        }
    }

    public func update(_ id: String, _ change: ConversationChange, at now: Date) throws -> Conversation? {
        try check()
        guard var changed = conversations[id] else { return nil }
        changed.title = change.title ?? changed.title
        changed.personality = change.personality ?? changed.personality
        changed.updatedAt = max(now, changed.updatedAt)
        conversations[id] = changed
        return conversation(id)
    }

    public func delete(_ id: String) throws -> Bool {
        try check()
        messages.removeAll { $0.conversationID == id }
        return conversations.removeValue(forKey: id) != nil
    }

    public func append(_ message: NewMessage) throws -> Message {
        try check()
        guard conversations[message.conversationID] != nil else {
            throw AuroraError(.notFound, "no conversation '\(message.conversationID)'", hint: "create it first")
        }
        guard !messages.contains(where: { $0.id == message.id }) else {
            throw AuroraError(.conflict, "message '\(message.id)' exists", hint: "choose another id")
        }
        let last = messages.last { $0.conversationID == message.conversationID }?.sequence ?? 0
        let stored = Message(
            id: message.id, conversationID: message.conversationID, sequence: last + 1, role: message.role, content: message.content,
            state: message.state, createdAt: message.createdAt)
        messages.append(stored)
        conversations[message.conversationID]?.updatedAt = message.createdAt
        return stored
    }

    public func append(question: NewMessage, answer: NewMessage) throws -> (question: Message, answer: Message) {
        let before = messages
        do {
            return (try append(question), try append(answer))
        } catch {
            messages = before
            throw error
        }
    }

    public func messages(of conversation: String, after: Int64, limit: Int) throws -> Page<Message> {
        let rest = messages.filter { $0.conversationID == conversation && $0.sequence > after }
        let items = Array(rest.prefix(max(0, limit)))
        return Page(items: items, next: rest.count > items.count ? items.last.map { String($0.sequence) } : nil)
    }

    public func lastMessages(of conversation: String, limit: Int) -> [Message] {
        Array(messages.filter { $0.conversationID == conversation }.suffix(max(0, limit)))
    }

    public func message(_ id: String) -> Message? { messages.first { $0.id == id } }

    @discardableResult
    public func write(_ answer: AnswerProgress) throws -> Bool {
        try check()
        writes.append(answer)
        guard let place = messages.firstIndex(where: { $0.id == answer.messageID && $0.state == .growing }) else { return false }
        messages[place].content = answer.content
        messages[place].state = answer.state
        messages[place].model = answer.model ?? messages[place].model
        messages[place].node = answer.node ?? messages[place].node
        messages[place].error = answer.error ?? messages[place].error
        return true
    }

    public func interruptGrowing() throws -> Int {
        try check()
        let growing = messages.indices.filter { messages[$0].state == .growing }
        for place in growing { messages[place].state = .interrupted }
        return growing.count
    }

    private func check() throws {
        if let failure { throw failure }
    }
}

extension MemoryConversationStore {
    /// Newest first; a page mark is the id of the last conversation of the page before.
    public func conversations(matching query: ConversationQuery) throws -> Page<Conversation> {
        let sorted = conversations.keys.compactMap { conversation($0) }.filter { matches($0, query) }
            .sorted { ($0.updatedAt, $0.id) > ($1.updatedAt, $1.id) }
        var rest = sorted[...]
        if let before = query.before {
            guard let place = sorted.firstIndex(where: { $0.id == before }) else {
                throw AuroraError(.invalid, "'\(before)' is no page mark", hint: "use the 'next' of the page before")
            }
            rest = sorted[(place + 1)...]
        }
        let items = Array(rest.prefix(max(0, query.limit)))
        return Page(items: items, next: rest.count > items.count ? items.last?.id : nil)
    }

    private func matches(_ conversation: Conversation, _ query: ConversationQuery) -> Bool {
        if let client = query.clientID, conversation.clientID != client { return false }
        guard let search = query.search?.lowercased(), !search.isEmpty else { return true }
        let texts = [conversation.title ?? ""] + messages.filter { $0.conversationID == conversation.id }.map(\.content)
        return texts.contains { $0.lowercased().contains(search) }
    }
}
