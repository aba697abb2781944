public import AuroraModel
public import AuroraSystem
import GRDB

public import struct Foundation.Date

extension SQLiteStore: TaskStore {
    public func add(_ tasks: [NewTask], limit: Int) async throws -> [AddedTask] {
        try await write { db in
            let added = try tasks.map { try Self.insert($0, in: db) }
            guard added.contains(where: \.isNew) else { return added }
            let open = try Int.fetchOne(db, sql: "SELECT count(*) FROM task WHERE state IN ('queued', 'running')") ?? 0
            guard open <= limit else {
                throw AuroraError(
                    .overloaded, "there are \(open - added.count(where: \.isNew)) open tasks, and at most \(limit) may be open",
                    hint: "submit again later, or raise 'tasks: limit' in aurora.yml")
            }
            return added
        }
    }

    private static func insert(_ task: NewTask, in db: Database) throws -> AddedTask {
        if let known = try task.idempotencyKey.flatMap({ try known($0, task, in: db) }) { return known }
        let createdAt = try Timestamp.microseconds(task.createdAt)
        try db.cachedStatement(
            sql: """
                INSERT INTO task (id, type, state, priority, requirements, session, traceparent, idempotency_key, request_hash, due_at,
                    deadline, created_at, payload)
                VALUES (?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
                """
        ).execute(arguments: [
            task.id.storable, task.type.storable, task.priority, try TaskJSON.text(task.requirements), task.session?.storable,
            task.traceparent?.storable, task.idempotencyKey?.storable, task.requestHash.storable, createdAt,
            try task.deadline.map(Timestamp.microseconds), createdAt, task.payload.storable,
        ])
        guard db.changesCount > 0 else {
            throw AuroraError(.conflict, "task '\(task.id)' exists already", hint: "use a new id for each task")
        }
        return AddedTask(id: task.id.storable, state: .queued, isNew: true)
    }

    private static func known(_ key: String, _ task: NewTask, in db: Database) throws -> AddedTask? {
        let statement = try db.cachedStatement(sql: "SELECT id, state, request_hash FROM task WHERE idempotency_key = ?")
        guard let row = try KnownTaskRow.fetchOne(statement, arguments: [key.storable]) else { return nil }
        guard row.requestHash == task.requestHash else {
            throw AuroraError(
                .conflict, "the idempotency key '\(key.prefix(64))' belongs to task '\(row.id)', which asked for something else",
                hint: "use a new key for a new request")
        }
        return AddedTask(id: row.id, state: row.state, isNew: false)
    }

    private struct KnownTaskRow: Decodable, FetchableRecord {
        static let databaseColumnDecodingStrategy = DatabaseColumnDecodingStrategy.convertFromSnakeCase

        let id: String
        let state: TaskState
        let requestHash: String
    }

    public func task(_ id: String) async throws -> TaskRecord? {
        try await read { db in
            try WholeTaskRow.fetchOne(
                db, sql: "SELECT \(WholeTaskRow.columns) FROM task WHERE id = ?", arguments: [id.storable])?.record()
        }
    }

    public func tasks(matching query: TaskQuery) async throws -> Page<TaskSummary> {
        let limit = try PageLimit.checked(query.limit)
        let filter = try TaskFilter(query)
        let rows = try await read { db in
            try TaskRow.fetchAll(
                db, sql: "SELECT \(TaskRow.columns) FROM task WHERE \(filter.sql) ORDER BY number DESC LIMIT ?",
                arguments: filter.arguments + [limit + 1])
        }
        let page = Page.cut(rows, to: limit) { String($0.number) }
        return Page(items: try page.items.map { try $0.summary() }, next: page.next)
    }

    public func taskCounts() async throws -> TaskCounts {
        let counts = try await read { db in
            let rows = try Row.fetchCursor(db, sql: "SELECT state, count(*) FROM task GROUP BY state")
            return try Dictionary(
                uniqueKeysWithValues: rows.map { (try $0.decode(String.self, atIndex: 0), try $0.decode(Int.self, atIndex: 1)) })
        }
        func count(_ state: TaskState) -> Int { counts[state.rawValue] ?? 0 }
        return TaskCounts(
            queued: count(.queued), active: count(.running), completed: count(.completed), failed: count(.failed) + count(.dead),
            cancelled: count(.cancelled))
    }

    public func prune(finishedBefore: Date, limit: Int) async throws -> Int {
        let before = try Timestamp.microseconds(finishedBefore)
        return try await write { db in
            try db.execute(
                sql: """
                    DELETE FROM task WHERE number IN
                        (SELECT number FROM task WHERE finished_at IS NOT NULL AND finished_at < ? ORDER BY finished_at LIMIT ?)
                    """, arguments: [before, max(0, limit)])
            return db.changesCount
        }
    }
}

/// The WHERE clause of a list of tasks.
private struct TaskFilter {
    private(set) var sql = "1"
    private(set) var arguments = StatementArguments()

    init(_ query: TaskQuery) throws {
        if !query.states.isEmpty {
            add("state IN (\(query.states.map { _ in "?" }.joined(separator: ", ")))", StatementArguments(query.states.map(\.rawValue)))
        }
        if let type = query.type { add("type = ?", [type.storable]) }
        if let before = query.before {
            guard let number = Int64(before) else {
                throw AuroraError(
                    .invalid, "'\(before.prefix(64))' is not a page of this list",
                    hint: "pass back the 'next' of the page before, or leave it out to start with the newest")
            }
            add("number < ?", [number])
        }
    }

    private mutating func add(_ condition: String, _ values: StatementArguments) {
        sql += " AND " + condition
        arguments += values
    }
}
