import GRDB

extension Schema {
    static func createTokens(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE token (
                    name TEXT PRIMARY KEY NOT NULL,
                    hash TEXT NOT NULL,
                    scopes TEXT NOT NULL,
                    created_at INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                """)
    }
}
