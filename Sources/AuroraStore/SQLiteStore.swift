public import AuroraModel
import GRDB

/// Conversations, messages, tokens and tasks in one SQLite file.
///
/// Write-ahead log with `synchronous = FULL`: a call that has returned is on disk, whatever happens to the process or the power.
/// One writer at a time, readers beside it. U+0000, which SQLite's text functions and PostgreSQL do not carry, is stored as U+FFFD.
public final class SQLiteStore: Sendable {
    let database: any DatabaseWriter
    /// As given to `open`; `:memory:` for one without a file.
    let path: String
    /// Held so that nobody else can claim the folder while this store is open.
    private let folder: StateFolder?

    private init(_ database: any DatabaseWriter, path: String, folder: StateFolder?) {
        self.database = database
        self.path = path
        self.folder = folder
    }

    /// Opens the database of a claimed state folder and keeps the claim until the store goes away.
    public static func open(in folder: StateFolder) throws(AuroraError) -> SQLiteStore {
        try open(path: folder.databasePath, folder: folder)
    }

    /// Opens the file, creates it (0600) and its folder (0700) when missing, and brings its schema up to date.
    ///
    /// Throws `refused` for the database of another program or of a newer Aurora, and leaves such a file as it is.
    public static func open(path: String) throws(AuroraError) -> SQLiteStore {
        try open(path: path, folder: nil)
    }

    /// A store without a file, gone when it is closed.
    public static func inMemory() throws(AuroraError) -> SQLiteStore {
        let path = ":memory:"
        do {
            let queue = try DatabaseQueue(configuration: configuration())
            try Schema.migrator.migrate(queue)
            return SQLiteStore(queue, path: path, folder: nil)
        } catch {
            throw StoreFailure.describe(error, path: path)
        }
    }

    /// `maximumPages` bounds the file as a full disk would (one page is 4 KiB).
    static func open(path: String, folder: StateFolder? = nil, maximumPages: Int? = nil) throws(AuroraError) -> SQLiteStore {
        try StateFile.prepare(path)
        do {
            try inspect(path)
            let pool = try DatabasePool(path: path, configuration: configuration(maximumPages: maximumPages))
            // After the pool is open, because GRDB sets NORMAL when it turns the write-ahead log on.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try Schema.migrator.migrate(pool)
            return SQLiteStore(pool, path: path, folder: folder)
        } catch {
            throw StoreFailure.describe(error, path: path)
        }
    }

    /// Looks at the file through a plain connection first: opening a pool would already change the journal mode of a foreign database.
    private static func inspect(_ path: String) throws {
        let queue = try DatabaseQueue(path: path, configuration: configuration())
        try queue.read { try Schema.check($0, path: path) }
        try queue.close()
    }

    private static func configuration(maximumPages: Int? = nil) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.label = "aurora-store"
        if let maximumPages {
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA max_page_count = \(maximumPages)") }
        }
        return configuration
    }

    /// Closes the file; later calls throw `unavailable`. Nothing acknowledged depends on it, so a connection still busy is left to end.
    public func close() {
        try? database.close()
    }

    /// What SQLite finds wrong with the file; empty when it is sound. Reads all of it.
    public func integrityProblems() async throws -> [String] {
        try await read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }.filter { $0 != "ok" }
    }

    /// The value of a PRAGMA on the connection that writes.
    func setting(_ pragma: String) async throws -> String? {
        try await write { try String.fetchOne($0, sql: "PRAGMA \(pragma)") }
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await database.read(body)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw StoreFailure.describe(error, path: path)
        }
    }

    /// One transaction: all of `body` or nothing.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await database.write(body)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw StoreFailure.describe(error, path: path)
        }
    }
}
