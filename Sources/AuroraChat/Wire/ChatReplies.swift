import AuroraDialects
import AuroraModel

import struct Foundation.Date

/// What the chat sends: the same shapes on HTTP, in streams and on WebSockets.
enum ChatReplies {
    static func timestamp(_ date: Date) -> JSON {
        .string(date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }

    /// The complete answer to a message.
    static func reply(_ answer: FinishedAnswer, _ handle: AnswerHandle) -> JSONObject {
        [
            "response": .string(answer.text),
            "conversation_id": .string(handle.conversationID),
            "message_id": .string(handle.answerID),
            "personality": .string(handle.personality),
            "node": JSON(answer.node),
            "model": JSON(answer.model),
            "worker": JSON(answer.worker),
            "reason": JSON(answer.reason),
            "timestamp": timestamp(answer.finishedAt),
        ]
    }

    /// What belongs to every event of an answer.
    static func place(_ handle: AnswerHandle) -> JSONObject {
        [
            "conversation_id": .string(handle.conversationID), "message_id": .string(handle.answerID),
            "personality": .string(handle.personality),
        ]
    }

    static func conversation(_ conversation: Conversation) -> JSONObject {
        [
            "id": .string(conversation.id),
            "title": JSON(conversation.title),
            "personality": JSON(conversation.personality),
            "client_id": JSON(conversation.clientID),
            "created_at": timestamp(conversation.createdAt),
            "updated_at": timestamp(conversation.updatedAt),
            "message_count": .int(conversation.messageCount),
        ]
    }

    static func message(_ message: Message) -> JSON {
        [
            "id": .string(message.id),
            "conversation_id": .string(message.conversationID),
            "sequence": .int(message.sequence),
            "role": .string(message.role.rawValue),
            "content": .string(message.content),
            "state": .string(message.state.rawValue),
            "model": JSON(message.model),
            "node": JSON(message.node),
            "error": JSON(message.error),
            "created_at": timestamp(message.createdAt),
        ]
    }

    /// Without the system prompt: that is between its author and the model.
    static func personality(_ personality: Personality, isDefault: Bool) -> JSON {
        [
            "id": .string(personality.id),
            "name": .string(personality.name),
            "description": JSON(personality.description),
            "model": JSON(personality.model),
            "temperature": personality.temperature.map { .double($0) } ?? .null,
            "max_tokens": personality.maxTokens.map { .int($0) } ?? .null,
            "context": personality.context.map { .int($0) } ?? .null,
            "default": .bool(isDefault),
        ]
    }

    static func error(_ error: AuroraError) -> JSONObject {
        ["code": .string(error.code.rawValue), "message": .string(error.message), "hint": JSON(error.hint)]
    }

    /// The body of an error answer, as the server writes it for every other error.
    static func errorBody(_ error: AuroraError, requestID: String) -> JSON {
        var detail = Self.error(error)
        if error.hint == nil { detail["hint"] = nil }
        detail.append("request_id", .string(requestID))
        return ["error": .object(detail)]
    }
}
