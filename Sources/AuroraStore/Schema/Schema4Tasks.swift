import GRDB

extension Schema {
    /// What may be large stands last, so that reading the rest of a row does not pass over it.
    static func createTasks(_ db: Database) throws {
        try db.execute(
            sql: """
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
                """)
    }
}
