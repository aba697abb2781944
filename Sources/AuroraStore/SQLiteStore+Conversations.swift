public import AuroraModel
public import AuroraSystem
import GRDB

public import struct Foundation.Date

extension SQLiteStore: ConversationStore {
    public func create(_ conversation: Conversation) async throws {
        let arguments: StatementArguments = [
            conversation.id.storable, conversation.title?.storable, conversation.personality?.storable, conversation.clientID?.storable,
            try Timestamp.microseconds(conversation.createdAt), try Timestamp.microseconds(conversation.updatedAt),
        ]
        try await write { db in
            try db.execute(
                sql: """
                    INSERT INTO conversation (id, title, personality, client_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (id) DO NOTHING
                    """, arguments: arguments)
            guard db.changesCount > 0 else {
                throw AuroraError(
                    .conflict, "conversation '\(conversation.id)' exists already", hint: "choose another id, or go on with it")
            }
        }
    }

    public func conversation(_ id: String) async throws -> Conversation? {
        try await read { db in try Self.conversation(id, in: db) }
    }

    public func conversations(matching query: ConversationQuery) async throws -> Page<Conversation> {
        let limit = try PageLimit.checked(query.limit)
        let filter = try ConversationFilter(query)
        let rows = try await read { db in
            try ConversationRow.fetchAll(
                db,
                sql: """
                    SELECT \(ConversationRow.columns) FROM conversation WHERE \(filter.sql)
                    ORDER BY updated_at DESC, id DESC LIMIT ?
                    """, arguments: filter.arguments + [limit + 1])
        }
        let page = Page.cut(rows, to: limit) { ConversationCursor(updatedAt: $0.updatedAt, id: $0.id).text }
        return Page(items: page.items.map(\.conversation), next: page.next)
    }

    public func update(_ id: String, _ change: ConversationChange, at now: Date) async throws -> Conversation? {
        guard change.title != nil || change.personality != nil else { return try await conversation(id) }
        let arguments: StatementArguments = [
            change.title?.storable, change.personality?.storable, try Timestamp.microseconds(now), id.storable,
        ]
        return try await write { db in
            try db.execute(
                sql: """
                    UPDATE conversation SET title = coalesce(?, title), personality = coalesce(?, personality),
                        updated_at = max(updated_at, ?)
                    WHERE id = ?
                    """, arguments: arguments)
            return try Self.conversation(id, in: db)
        }
    }

    public func delete(_ id: String) async throws -> Bool {
        try await write { db in
            try db.execute(sql: "DELETE FROM conversation WHERE id = ?", arguments: [id.storable])
            return db.changesCount > 0
        }
    }

    private static func conversation(_ id: String, in db: Database) throws -> Conversation? {
        try ConversationRow.fetchOne(
            db, sql: "SELECT \(ConversationRow.columns) FROM conversation WHERE id = ?", arguments: [id.storable])?.conversation
    }
}
