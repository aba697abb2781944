import GRDB

extension Schema {
    /// `message_count` is also the last sequence number, since messages go only together with their conversation.
    static func createConversations(_ db: Database) throws {
        try db.execute(
            sql: """
                PRAGMA application_id = \(applicationID);
                CREATE TABLE conversation (
                    number INTEGER PRIMARY KEY,
                    id TEXT NOT NULL UNIQUE,
                    title TEXT,
                    personality TEXT,
                    client_id TEXT,
                    created_at INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL,
                    message_count INTEGER NOT NULL DEFAULT 0
                ) STRICT;
                CREATE INDEX conversation_by_time ON conversation (updated_at, id);
                CREATE INDEX conversation_by_client ON conversation (client_id, updated_at, id);

                CREATE TABLE message (
                    number INTEGER PRIMARY KEY,
                    id TEXT NOT NULL UNIQUE,
                    conversation INTEGER NOT NULL REFERENCES conversation (number) ON DELETE CASCADE,
                    sequence INTEGER NOT NULL,
                    role TEXT NOT NULL CHECK (role IN ('system', 'user', 'assistant')),
                    content TEXT NOT NULL,
                    state TEXT NOT NULL CHECK (state IN ('growing', 'complete', 'interrupted', 'failed')),
                    model TEXT,
                    node TEXT,
                    error TEXT,
                    created_at INTEGER NOT NULL,
                    UNIQUE (conversation, sequence)
                ) STRICT;
                CREATE INDEX message_growing ON message (state) WHERE state = 'growing';
                """)
    }
}
