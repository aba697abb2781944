public import AuroraModel
public import AuroraSystem

/// Conversations and what is in them.
extension ChatService {
    public nonisolated func conversations(matching query: ConversationQuery) async throws -> Page<Conversation> {
        try await store.conversations(matching: query)
    }

    /// Throws `notFound` when there is none.
    public nonisolated func conversation(_ id: String) async throws -> Conversation {
        guard let conversation = try await store.conversation(id) else { throw Self.noConversation(id) }
        return conversation
    }

    public nonisolated func createConversation(title: String?, personality: String?, clientID: String?) async throws -> Conversation {
        try checkTitle(title)
        try checkClientID(clientID)
        let chosen = try personality.map { try personalities.personality($0).id }
        let time = now()
        let conversation = Conversation(
            id: Self.newID(), title: title, personality: chosen, clientID: clientID, createdAt: time, updatedAt: time)
        try await store.create(conversation)
        return conversation
    }

    public nonisolated func changeConversation(_ id: String, title: String?, personality: String?) async throws -> Conversation {
        try checkTitle(title)
        let chosen = try personality.map { try personalities.personality($0).id }
        let change = ConversationChange(title: title, personality: chosen)
        guard let changed = try await store.update(id, change, at: now()) else { throw Self.noConversation(id) }
        return changed
    }

    /// Deletes it with its messages; an answer that grows in it is stopped.
    public func deleteConversation(_ id: String) async throws {
        _ = stop(conversation: id)
        guard try await store.delete(id) else { throw Self.noConversation(id) }
    }

    public nonisolated func messages(of id: String, after: Int64, limit: Int) async throws -> Page<Message> {
        _ = try await conversation(id)
        return try await store.messages(of: id, after: after, limit: limit)
    }

    /// The newest messages, oldest first.
    public nonisolated func lastMessages(of id: String, limit: Int) async throws -> [Message] {
        try await store.lastMessages(of: id, limit: limit)
    }

    /// An answer from `offset` UTF-8 bytes on, whether it still grows or is complete.
    public func answer(_ messageID: String, in conversationID: String, from offset: Int = 0) async throws -> AnswerHandle {
        if let live = liveAnswer(messageID), live.conversationID == conversationID { return live.handle(from: offset) }
        let conversation = try await conversation(conversationID)
        guard let message = try await store.message(messageID), message.conversationID == conversationID else {
            throw AuroraError(.notFound, "no message '\(messageID.shortened)' in conversation '\(conversationID.shortened)'")
        }
        guard message.role == .assistant else {
            throw AuroraError(.invalid, "message '\(messageID)' is a question; only answers can be streamed")
        }
        let log = AnswerLog(text: message.content, ending: Self.ending(of: message))
        return AnswerHandle(
            conversationID: conversationID, questionID: nil, answerID: messageID, personality: conversation.personality ?? "",
            events: AnswerEvents(log, from: offset))
    }

    /// Models that can be asked for now.
    public nonisolated func models() async throws -> [String] {
        let limit = limits.modelsTimeout
        return try await withThrowingTaskGroup(of: [String].self) { group in
            group.addTask { [model] in try await model.models() }
            group.addTask { [clock] in
                try await clock.sleep(for: limit, tolerance: nil)
                throw AuroraError(.timedOut, "the list of models did not come within \(limit.components.seconds) s", hint: "aurora doctor")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
    }

    private nonisolated func checkTitle(_ title: String?) throws {
        guard let title else { return }
        guard title.contains(where: { !$0.isWhitespace }), title.count <= 200 else {
            throw AuroraError(.invalid, "field 'title' is '\(title.shortened)'", hint: "use 1 to 200 characters")
        }
    }

    private static func ending(of message: Message) -> AnswerEnding {
        switch message.state {
        case .complete:
            .done(
                FinishedAnswer(
                    text: message.content, reason: nil, model: message.model, worker: nil, node: message.node, promptTokens: nil,
                    completionTokens: nil, finishedAt: message.createdAt))
        case .failed: .failed(AuroraError(.unavailable, message.error ?? "the answer failed", hint: "send the message again"))
        case .interrupted, .growing:
            .failed(AuroraError(.unavailable, "the node stopped while the answer grew", hint: "send the message again"))
        }
    }

    static func noConversation(_ id: String) -> AuroraError {
        AuroraError(.notFound, "no conversation '\(id.shortened)'", hint: "GET /api/conversations lists them")
    }
}
