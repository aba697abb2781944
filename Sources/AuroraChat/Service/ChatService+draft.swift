import AuroraModel
import AuroraSystem
import Logging

/// A message that has been looked at from all sides and is ready to be stored.
struct Draft: Sendable {
    let conversation: Conversation
    /// The conversation begins with this message.
    let isNew: Bool
    let message: String
    let personality: Personality
    let request: ModelRequest

    /// What the message changes about its conversation: a first title, another personality.
    var change: ConversationChange? {
        guard !isNew else { return nil }
        let title = conversation.title == nil ? ConversationTitle.title(from: message) : nil
        let personality = conversation.personality == personality.id ? nil : personality.id
        return title == nil && personality == nil ? nil : ConversationChange(title: title, personality: personality)
    }
}

extension ChatService {
    nonisolated func check(_ turn: ChatTurn) throws {
        try requireRunning()
        guard turn.message.contains(where: { !$0.isWhitespace }) else {
            throw AuroraError(.invalid, "field 'message' is '\(turn.message.shortened)', which says nothing", hint: "send some text")
        }
        guard turn.message.utf8.count <= limits.messageBytes else {
            throw AuroraError(
                .tooLarge, "field 'message' has \(turn.message.utf8.count) bytes, more than the limit of \(limits.messageBytes)",
                hint: "send it in parts")
        }
        try checkClientID(turn.clientID)
    }

    nonisolated func checkClientID(_ clientID: String?) throws {
        guard let clientID, clientID.utf8.count > 128 else { return }
        throw AuroraError(
            .invalid, "field 'client_id' is '\(clientID.shortened)' with \(clientID.utf8.count) bytes", hint: "use at most 128 bytes")
    }

    /// Reads all that the message needs; stores nothing.
    func draft(_ turn: ChatTurn, in conversationID: String) async throws -> Draft {
        let existing = try await turn.conversationID == nil ? nil : self.conversation(conversationID)
        let personality = try choose(turn.personality, for: existing)
        let history = existing == nil ? [] : try await store.lastMessages(of: conversationID, limit: limits.historyMessages)
        let now = now()
        let conversation =
            existing
            ?? Conversation(
                id: conversationID, title: ConversationTitle.title(from: turn.message), personality: personality.id,
                clientID: turn.clientID, createdAt: now, updatedAt: now)
        guard conversation.messageCount + 2 <= limits.conversationMessages else {
            throw AuroraError(
                .tooLarge, "conversation '\(conversationID)' has \(conversation.messageCount) messages, which is the limit",
                hint: "start a new conversation")
        }
        return Draft(
            conversation: conversation, isNew: existing == nil, message: turn.message, personality: personality,
            request: request(turn, personality, history))
    }

    /// A conversation whose personality was removed goes on with the default one instead of failing.
    private nonisolated func choose(_ asked: String?, for conversation: Conversation?) throws -> Personality {
        if let asked { return try personalities.personality(asked) }
        if let kept = conversation?.personality, let found = try? personalities.personality(kept) { return found }
        return try personalities.defaultPersonality()
    }

    private nonisolated func request(_ turn: ChatTurn, _ personality: Personality, _ history: [Message]) -> ModelRequest {
        let window = ContextWindow(tokens: personality.context, answer: personality.maxTokens)
        return ModelRequest(
            model: turn.model ?? personality.model,
            turns: window.turns(system: personality.systemPrompt, history: history, question: turn.message),
            temperature: personality.temperature, maxTokens: personality.maxTokens, traceparent: turn.traceparent)
    }

    /// Stores question and answer together, and the conversation before them when it is new.
    func keep(_ draft: Draft, with answer: GrowingAnswer) async throws {
        let id = draft.conversation.id
        let time = now()
        let question = NewMessage(id: answer.questionID, conversationID: id, role: .user, content: draft.message, createdAt: time)
        let empty = NewMessage(id: answer.answerID, conversationID: id, role: .assistant, content: "", state: .growing, createdAt: time)
        // A request that is cancelled in here must leave either all or nothing.
        try await uncancelled { [self] in
            if draft.isNew { try await store.create(draft.conversation) }
            do {
                _ = try await store.append(question: question, answer: empty)
            } catch {
                if draft.isNew { _ = try? await store.delete(id) }
                throw error
            }
            if let change = draft.change { await apply(change, to: id) }
        }
    }

    /// The message is stored by now; a title that could not be is no reason to refuse it.
    private nonisolated func apply(_ change: ConversationChange, to id: String) async {
        do {
            _ = try await store.update(id, change, at: now())
        } catch {
            logger.warning("could not update a conversation", metadata: ["conversation": "\(id)", "error": "\(error)"])
        }
    }
}
