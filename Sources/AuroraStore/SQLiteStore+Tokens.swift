import AuroraModel
public import AuroraSystem
import GRDB

extension SQLiteStore: TokenStore {
    public func add(_ token: StoredToken) async throws {
        let arguments: StatementArguments = [
            token.name.storable, token.hash.storable, token.scopes.map(\.rawValue).sorted().joined(separator: " "),
            try Timestamp.microseconds(token.createdAt),
        ]
        try await write { db in
            try db.execute(
                sql: "INSERT INTO token (name, hash, scopes, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING",
                arguments: arguments)
            guard db.changesCount > 0 else {
                throw AuroraError(
                    .conflict, "a token named '\(token.name)' exists already",
                    hint: "choose another name, or revoke it first with 'aurora token revoke \(token.name)'")
            }
        }
    }

    public func tokens() async throws -> [StoredToken] {
        try await read { db in
            try TokenRow.fetchAll(db, sql: "SELECT name, hash, scopes, created_at FROM token ORDER BY name").map(Self.token)
        }
    }

    public func revoke(_ name: String) async throws -> Bool {
        try await write { db in
            try db.execute(sql: "DELETE FROM token WHERE name = ?", arguments: [name.storable])
            return db.changesCount > 0
        }
    }

    /// A scope that this version does not know gives no right.
    private static func token(_ row: TokenRow) -> StoredToken {
        StoredToken(
            name: row.name, hash: row.hash, scopes: Set(row.scopes.split(separator: " ").compactMap { Scope(rawValue: String($0)) }),
            createdAt: Timestamp.date(row.createdAt))
    }
}
