import AuroraModel
import GRDB

/// The tables, as a row of numbered migrations that only go forward. A migration that was released is never edited.
enum Schema {
    /// Marks the file as ours in SQLite's header ("AURA").
    static let applicationID: Int64 = 0x4155_5241
    static var version: Int { migrator.migrations.count }

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1", migrate: createConversations)
        migrator.registerMigration("2", migrate: createTokens)
        migrator.registerMigration("3", migrate: createSearch)
        migrator.registerMigration("4", migrate: createTasks)
        return migrator
    }

    /// Refuses a file that is not ours to change.
    static func check(_ db: Database, path: String) throws {
        let mark = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        // The list of migrations comes before the first of them: a crash in between leaves a file with that table alone.
        let objects = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'") ?? 0
        guard mark == applicationID || (mark == 0 && objects == 0) else {
            throw AuroraError(
                .refused, "'\(path)' is the database of another program", hint: "set AURORA_STATE to a folder of Aurora's own")
        }
        let applied = try migrator.appliedIdentifiers(db)
        let unknown = applied.subtracting(migrator.migrations).compactMap { Int($0) }.max()
        guard let unknown else { return }
        throw AuroraError(
            .refused, "'\(path)' has schema version \(unknown), this aurora (\(AuroraVersion.current)) knows versions up to \(version)",
            hint: "install the newer aurora again, or put a backup from before its first start in place")
    }
}
