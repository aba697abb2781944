public import AuroraModel
public import AuroraSystem
import GRDB

public import struct Foundation.Date

/// A task is changed only by whoever holds its lease: same node, same attempt, still running.
extension SQLiteStore {
    public func claim(_ claim: TaskClaim) async throws -> [TaskRecord] {
        let (now, until) = (try Timestamp.microseconds(claim.now), try Timestamp.microseconds(claim.until))
        return try await write { db in
            let mine = claim.working.map { _ in "?" }.joined(separator: ", ")
            try Self.requeue(
                "lease_until <= ? AND NOT (lease_node = ? AND id IN (\(mine)))",
                [now, claim.node.storable] + StatementArguments(claim.working.map(\.storable)), at: claim.now, in: db)
            let rows = try WholeTaskRow.fetchAll(
                db,
                sql: """
                    UPDATE task SET state = 'running', lease_node = ?, lease_until = ?, attempts = attempts + 1,
                        started_at = coalesce(started_at, ?)
                    WHERE number IN (SELECT number FROM task WHERE state = 'queued' AND due_at <= ? AND (deadline IS NULL OR deadline > ?)
                                     ORDER BY priority DESC, number LIMIT ?)
                    RETURNING \(WholeTaskRow.columns)
                    """, arguments: [claim.node.storable, until, now, now, now, max(0, claim.limit)])
            let inTurn = rows.sorted { ($1.task.priority, $0.task.number) < ($0.task.priority, $1.task.number) }
            return try inTurn.map { try $0.record() }
        }
    }

    public func extend(_ leases: [TaskLease], until: Date) async throws -> Set<String> {
        guard !leases.isEmpty else { return [] }
        let until = try Timestamp.microseconds(until)
        return try await write { db in
            let statement = try db.cachedStatement(sql: "UPDATE task SET lease_until = ? WHERE \(Self.held)")
            return Set(
                try leases.filter { lease in
                    try statement.execute(arguments: [until] + Self.arguments(lease))
                    return db.changesCount > 0
                }.map(\.id))
        }
    }

    public func settle(_ lease: TaskLease, _ outcome: TaskOutcome, at now: Date) async throws -> Bool {
        let time = try Timestamp.microseconds(now)
        return try await write { db in
            let errors = try String.fetchOne(db, sql: "SELECT errors FROM task WHERE \(Self.held)", arguments: Self.arguments(lease))
            guard let errors else { return false }
            let change = try Change(outcome, errors: try TaskJSON.read([TaskFailure].self, errors), at: time)
            try db.execute(
                sql: "UPDATE task SET \(change.sql), lease_node = NULL, lease_until = NULL WHERE \(Self.held)",
                arguments: change.arguments + Self.arguments(lease))
            return db.changesCount > 0
        }
    }

    public func cancel(_ id: String, at now: Date) async throws -> TaskSummary? {
        let now = try Timestamp.microseconds(now)
        return try await write { db in
            try db.execute(
                sql: """
                    UPDATE task SET state = 'cancelled', finished_at = ?, lease_node = NULL, lease_until = NULL
                    WHERE id = ? AND state IN ('queued', 'running')
                    """, arguments: [now, id.storable])
            return try TaskRow.fetchOne(db, sql: "SELECT \(TaskRow.columns) FROM task WHERE id = ?", arguments: [id.storable])?.summary()
        }
    }

    public func release(node: String, at now: Date) async throws -> Int {
        try await write { db in try Self.requeue("lease_node = ?", [node.storable], at: now, in: db) }
    }

    public func expire(at now: Date) async throws -> [String] {
        let time = try Timestamp.microseconds(now)
        return try await write { db in
            let rows = try TaskRow.fetchAll(
                db,
                sql: """
                    SELECT \(TaskRow.columns) FROM task WHERE state = 'queued' AND deadline IS NOT NULL AND deadline <= ? LIMIT 1000
                    """, arguments: [time])
            for row in rows {
                let failure = TaskFailure(at: now, attempt: row.attempts, node: "", error: "its deadline passed before it could be done")
                let errors = try TaskJSON.read([TaskFailure].self, row.errors).adding(failure)
                try db.execute(
                    sql: "UPDATE task SET state = 'dead', finished_at = ?, errors = ? WHERE number = ?",
                    arguments: [time, try TaskJSON.text(errors), row.number])
            }
            return rows.map(\.id)
        }
    }

    private static let held = "id = ? AND state = 'running' AND lease_node = ? AND attempts = ?"

    private static func arguments(_ lease: TaskLease) -> StatementArguments {
        [lease.id.storable, lease.node.storable, lease.attempt]
    }

    /// Running tasks that meet the condition go back in line, and what happened to them is kept with them.
    @discardableResult
    private static func requeue(_ condition: String, _ arguments: StatementArguments, at now: Date, in db: Database) throws -> Int {
        let time = try Timestamp.microseconds(now)
        let rows = try TaskRow.fetchAll(
            db, sql: "SELECT \(TaskRow.columns) FROM task WHERE state = 'running' AND \(condition)", arguments: arguments)
        for row in rows {
            let node = row.leaseNode ?? ""
            let failure = TaskFailure(at: now, attempt: row.attempts, node: node, error: "node '\(node)' stopped before the task had ended")
            let errors = try TaskJSON.read([TaskFailure].self, row.errors).adding(failure)
            try db.execute(
                sql: """
                    UPDATE task SET state = 'queued', lease_node = NULL, lease_until = NULL, due_at = ?, losses = losses + 1, errors = ?
                    WHERE number = ?
                    """, arguments: [time, try TaskJSON.text(errors), row.number])
        }
        return rows.count
    }

    /// What an outcome writes into the row.
    private struct Change {
        let sql: String
        let arguments: StatementArguments

        init(_ outcome: TaskOutcome, errors: [TaskFailure], at time: Int64) throws {
            let ended = "state = ?, finished_at = ?"
            switch outcome {
            case .completed(let result):
                (sql, arguments) = (ended + ", result = ?", ["completed", time, result.storable])
            case .failed(let failure):
                (sql, arguments) = (ended + ", errors = ?", ["failed", time, try TaskJSON.text(errors.adding(failure))])
            case .dead(let failure):
                (sql, arguments) = (ended + ", errors = ?", ["dead", time, try TaskJSON.text(errors.adding(failure))])
            case .retry(let failure, let due, let isCounted):
                sql = "state = 'queued', due_at = ?, failures = failures + ?, errors = ?"
                arguments = [try Timestamp.microseconds(due), isCounted ? 1 : 0, try TaskJSON.text(errors.adding(failure))]
            }
        }
    }
}
