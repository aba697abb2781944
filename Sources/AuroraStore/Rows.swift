import AuroraModel
import GRDB

/// Rows as they are stored. Decoding throws on a row that does not fit, where reading column by column would trap.
struct ConversationRow: Decodable, FetchableRecord {
    static let columns = "id, title, personality, client_id, created_at, updated_at, message_count"
    static let databaseColumnDecodingStrategy = DatabaseColumnDecodingStrategy.convertFromSnakeCase

    let id: String
    let title: String?
    let personality: String?
    let clientId: String?
    let createdAt: Int64
    let updatedAt: Int64
    let messageCount: Int

    var conversation: Conversation {
        Conversation(
            id: id, title: title, personality: personality, clientID: clientId, createdAt: Timestamp.date(createdAt),
            updatedAt: Timestamp.date(updatedAt), messageCount: messageCount)
    }
}

struct MessageRow: Decodable, FetchableRecord {
    /// For `FROM message JOIN conversation`.
    static let columns = """
        message.id, conversation.id AS conversation_id, sequence, role, content, state, model, node, error,
        message.created_at
        """
    static let databaseColumnDecodingStrategy = DatabaseColumnDecodingStrategy.convertFromSnakeCase

    let id: String
    let conversationId: String
    let sequence: Int64
    let role: MessageRole
    let content: String
    let state: MessageState
    let model: String?
    let node: String?
    let error: String?
    let createdAt: Int64

    var message: Message {
        Message(
            id: id, conversationID: conversationId, sequence: sequence, role: role, content: content, state: state, model: model,
            node: node, error: error, createdAt: Timestamp.date(createdAt))
    }
}

struct TokenRow: Decodable, FetchableRecord {
    static let databaseColumnDecodingStrategy = DatabaseColumnDecodingStrategy.convertFromSnakeCase

    let name: String
    let hash: String
    /// Raw values, separated by spaces.
    let scopes: String
    let createdAt: Int64
}
