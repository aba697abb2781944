/// Databases as each schema version left them, with a little data. Released versions are never edited; a new one is added at the end.
enum SchemaFixture {
    static let versions: [(number: Int, sql: String)] = [(1, version1), (2, version2), (3, version3), (4, version4)]

    private static let version1 = """
        PRAGMA journal_mode = WAL;
        PRAGMA application_id = 1096110657;
        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
        INSERT INTO grdb_migrations VALUES ('1');
        CREATE TABLE conversation (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT, personality TEXT, client_id TEXT,
            created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, message_count INTEGER NOT NULL DEFAULT 0) STRICT;
        CREATE INDEX conversation_by_time ON conversation (updated_at, id);
        CREATE INDEX conversation_by_client ON conversation (client_id, updated_at, id);
        CREATE TABLE message (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
            conversation INTEGER NOT NULL REFERENCES conversation (number) ON DELETE CASCADE,
            sequence INTEGER NOT NULL,
            role TEXT NOT NULL CHECK (role IN ('system', 'user', 'assistant')),
            content TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('growing', 'complete', 'interrupted', 'failed')),
            model TEXT, node TEXT, error TEXT, created_at INTEGER NOT NULL,
            UNIQUE (conversation, sequence)) STRICT;
        CREATE INDEX message_growing ON message (state) WHERE state = 'growing';
        INSERT INTO conversation VALUES (1, 'c', 'Holiday plans', 'robbie', 'page', 1790000000000001, 1790000002000000, 3);
        INSERT INTO conversation VALUES (7, 'untitled', NULL, NULL, NULL, 1790000001000000, 1790000001000000, 0);
        INSERT INTO message VALUES (1, 'q', 1, 1, 'user', 'Where to?', 'complete', NULL, NULL, NULL, 1790000001000000);
        INSERT INTO message VALUES (2, 'a', 1, 2, 'assistant', 'Lisbon', 'complete', 'qwen', 'aurora', NULL, 1790000001000000);
        INSERT INTO message VALUES (3, 'g', 1, 3, 'assistant', 'Or per', 'growing', NULL, NULL, NULL, 1790000002000000);
        """

    private static let version2 =
        version1 + """

            INSERT INTO grdb_migrations VALUES ('2');
            CREATE TABLE token (
                name TEXT PRIMARY KEY NOT NULL, hash TEXT NOT NULL, scopes TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
            INSERT INTO token VALUES ('phone', 'ab12', 'chat read scope-of-a-later-version', 1790000000000000);
            """

    private static let version3 =
        version2 + """

            INSERT INTO grdb_migrations VALUES ('3');
            CREATE VIRTUAL TABLE title_text USING fts5 (
                title, content = 'conversation', content_rowid = 'number', tokenize = 'trigram');
            CREATE TRIGGER title_added AFTER INSERT ON conversation BEGIN
                INSERT INTO title_text (rowid, title) VALUES (new.number, new.title);
            END;
            CREATE TRIGGER title_changed AFTER UPDATE OF title ON conversation BEGIN
                INSERT INTO title_text (title_text, rowid, title) VALUES ('delete', old.number, old.title);
                INSERT INTO title_text (rowid, title) VALUES (new.number, new.title);
            END;
            CREATE TRIGGER title_removed AFTER DELETE ON conversation BEGIN
                INSERT INTO title_text (title_text, rowid, title) VALUES ('delete', old.number, old.title);
            END;
            INSERT INTO title_text (rowid, title) SELECT number, title FROM conversation;
            CREATE VIRTUAL TABLE message_text USING fts5 (
                content, content = 'message', content_rowid = 'number', tokenize = 'trigram');
            CREATE TRIGGER message_added AFTER INSERT ON message WHEN new.state <> 'growing' BEGIN
                INSERT INTO message_text (rowid, content) VALUES (new.number, new.content);
            END;
            CREATE TRIGGER message_finished AFTER UPDATE OF state ON message
            WHEN old.state = 'growing' AND new.state <> 'growing' BEGIN
                INSERT INTO message_text (rowid, content) VALUES (new.number, new.content);
            END;
            CREATE TRIGGER message_removed AFTER DELETE ON message WHEN old.state <> 'growing' BEGIN
                INSERT INTO message_text (message_text, rowid, content) VALUES ('delete', old.number, old.content);
            END;
            INSERT INTO message_text (rowid, content) SELECT number, content FROM message WHERE state <> 'growing';
            """

    private static let version4 =
        version3 + """

            INSERT INTO grdb_migrations VALUES ('4');
            CREATE TABLE task (
                number INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                type TEXT NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'completed', 'failed', 'cancelled', 'dead')),
                priority INTEGER NOT NULL,
                requirements TEXT NOT NULL,
                session TEXT,
                traceparent TEXT,
                idempotency_key TEXT UNIQUE,
                request_hash TEXT NOT NULL,
                attempts INTEGER NOT NULL DEFAULT 0,
                failures INTEGER NOT NULL DEFAULT 0,
                losses INTEGER NOT NULL DEFAULT 0,
                lease_node TEXT,
                lease_until INTEGER,
                due_at INTEGER NOT NULL,
                deadline INTEGER,
                created_at INTEGER NOT NULL,
                started_at INTEGER,
                finished_at INTEGER,
                errors TEXT NOT NULL DEFAULT '[]',
                payload TEXT NOT NULL,
                result TEXT
            ) STRICT;
            CREATE INDEX task_due ON task (priority DESC, number, due_at, deadline) WHERE state = 'queued';
            CREATE INDEX task_leased ON task (lease_until) WHERE state = 'running';
            CREATE INDEX task_deadline ON task (deadline) WHERE state = 'queued' AND deadline IS NOT NULL;
            CREATE INDEX task_by_state ON task (state, number);
            CREATE INDEX task_finished ON task (finished_at) WHERE finished_at IS NOT NULL;
            INSERT INTO task (id, type, state, priority, requirements, idempotency_key, request_hash, attempts, due_at, created_at,
                started_at, finished_at, payload, result)
            VALUES ('t', 'llm_inference', 'completed', 5, '{}', 'k', 'hash', 1, 1790000000000000, 1790000000000000, 1790000000000000,
                1790000001000000, '{"message":"Where to?"}', '{"response":"Lisbon"}');
            """
}
