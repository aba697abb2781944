public import AuroraModel
public import AuroraSystem
import GRDB

extension SQLiteStore {
    public func append(_ message: NewMessage) async throws -> Message {
        try await write { db in try Self.insert(message, in: db) }
    }

    public func append(question: NewMessage, answer: NewMessage) async throws -> (question: Message, answer: Message) {
        guard question.conversationID == answer.conversationID else {
            throw AuroraError(
                .invalid, "question and answer belong to '\(question.conversationID)' and '\(answer.conversationID)'",
                hint: "give both the same conversation")
        }
        return try await write { db in (try Self.insert(question, in: db), try Self.insert(answer, in: db)) }
    }

    public func messages(of conversation: String, after: Int64, limit: Int) async throws -> Page<Message> {
        let limit = try PageLimit.checked(limit)
        let rows = try await read { db in
            try MessageRow.fetchAll(
                db, sql: Self.select + " WHERE conversation.id = ? AND sequence > ? ORDER BY sequence LIMIT ?",
                arguments: [conversation.storable, after, limit + 1])
        }
        return Page.cut(rows.map(\.message), to: limit) { String($0.sequence) }
    }

    public func lastMessages(of conversation: String, limit: Int) async throws -> [Message] {
        guard limit > 0 else { return [] }
        let rows = try await read { db in
            try MessageRow.fetchAll(
                db, sql: Self.select + " WHERE conversation.id = ? ORDER BY sequence DESC LIMIT ?",
                arguments: [conversation.storable, limit])
        }
        return rows.reversed().map(\.message)
    }

    public func message(_ id: String) async throws -> Message? {
        try await read { db in
            try MessageRow.fetchOne(db, sql: Self.select + " WHERE message.id = ?", arguments: [id.storable])?.message
        }
    }

    /// `model`, `node` and `error` stay as they are where the progress has none.
    @discardableResult
    public func write(_ answer: AnswerProgress) async throws -> Bool {
        let arguments: StatementArguments = [
            answer.content.storable, answer.state.rawValue, answer.model?.storable, answer.node?.storable, answer.error?.storable,
            answer.messageID.storable,
        ]
        return try await write { db in
            try db.execute(
                sql: """
                    UPDATE message SET content = ?, state = ?, model = coalesce(?, model), node = coalesce(?, node),
                        error = coalesce(?, error)
                    WHERE id = ? AND state = 'growing'
                    """, arguments: arguments)
            return db.changesCount > 0
        }
    }

    public func interruptGrowing() async throws -> Int {
        try await write { db in
            try db.execute(sql: "UPDATE message SET state = 'interrupted' WHERE state = 'growing'")
            return db.changesCount
        }
    }

    private static let select = """
        SELECT \(MessageRow.columns) FROM message JOIN conversation ON conversation.number = message.conversation
        """

    /// The conversation's counter gives the sequence number, so that it has no gaps: a failed insert takes the count back with it.
    private static func insert(_ message: NewMessage, in db: Database) throws -> Message {
        let createdAt = try Timestamp.microseconds(message.createdAt)
        let place = try Row.fetchOne(
            db,
            sql: """
                UPDATE conversation SET message_count = message_count + 1, updated_at = max(updated_at, ?) WHERE id = ?
                RETURNING number, message_count
                """, arguments: [createdAt, message.conversationID.storable])
        guard let place, let conversation = Int64.fromDatabaseValue(place[0]), let sequence = Int64.fromDatabaseValue(place[1]) else {
            throw AuroraError(
                .notFound, "no conversation '\(message.conversationID)'", hint: "it was deleted, or never created: start a new one")
        }
        try db.execute(
            sql: """
                INSERT INTO message (id, conversation, sequence, role, content, state, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO NOTHING
                """,
            arguments: [
                message.id.storable, conversation, sequence, message.role.rawValue, message.content.storable, message.state.rawValue,
                createdAt,
            ])
        guard db.changesCount > 0 else {
            throw AuroraError(.conflict, "message '\(message.id)' exists already", hint: "use a new id for each message")
        }
        return Message(
            id: message.id.storable, conversationID: message.conversationID.storable, sequence: sequence, role: message.role,
            content: message.content.storable, state: message.state, createdAt: Timestamp.date(createdAt))
    }
}
