import AuroraModel
import Foundation
import GRDB

/// A row of `task` without payload and result.
struct TaskRow: Decodable, FetchableRecord {
    static let columns = """
        number, id, type, state, priority, requirements, session, traceparent, idempotency_key, request_hash, attempts, failures, losses,
        lease_node, created_at, started_at, finished_at, deadline, errors
        """
    static let databaseColumnDecodingStrategy = DatabaseColumnDecodingStrategy.convertFromSnakeCase

    let number: Int64
    let id: String
    let type: String
    let state: TaskState
    let priority: Int
    let requirements: String
    let session: String?
    let traceparent: String?
    let idempotencyKey: String?
    let requestHash: String
    let attempts: Int
    let failures: Int
    let losses: Int
    let leaseNode: String?
    let createdAt: Int64
    let startedAt: Int64?
    let finishedAt: Int64?
    let deadline: Int64?
    let errors: String

    func summary() throws -> TaskSummary {
        TaskSummary(
            id: id, type: type, state: state, priority: priority, requirements: try TaskJSON.read(TaskRequirements.self, requirements),
            session: session, traceparent: traceparent, idempotencyKey: idempotencyKey, requestHash: requestHash, attempts: attempts,
            failures: failures, losses: losses, errors: try TaskJSON.read([TaskFailure].self, errors),
            node: state == .running ? leaseNode : nil, createdAt: Timestamp.date(createdAt), startedAt: startedAt.map(Timestamp.date),
            finishedAt: finishedAt.map(Timestamp.date), deadline: deadline.map(Timestamp.date))
    }
}

/// A whole row.
struct WholeTaskRow: FetchableRecord {
    static let columns = TaskRow.columns + ", payload, result"

    /// What `TaskRow` leaves out.
    private struct Content: Decodable, FetchableRecord {
        let payload: String
        let result: String?
    }

    let task: TaskRow
    private let content: Content

    init(row: Row) throws {
        task = try TaskRow(row: row)
        content = try Content(row: row)
    }

    func record() throws -> TaskRecord { TaskRecord(summary: try task.summary(), payload: content.payload, result: content.result) }
}

/// Small values inside a row, as JSON text.
enum TaskJSON {
    static func read<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .secondsSince1970
        return try decoder.decode(type, from: Data(text.utf8))
    }

    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .secondsSince1970
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
