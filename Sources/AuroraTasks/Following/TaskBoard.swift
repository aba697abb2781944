import Synchronization

/// The logs of tasks that somebody here runs or follows; a log goes with the last of them.
final class TaskBoard: Sendable {
    private struct Entry {
        let log: TaskLog
        var users: Int
    }

    private let entries = Mutex<[String: Entry]>([:])

    /// Runs the body with the log of that task, which is shared with everybody else who has it.
    func with<Value>(
        _ id: String, isolation: isolated (any Actor)? = #isolation, _ body: (TaskLog) async throws -> Value
    ) async rethrows -> Value {
        let log = enter(id)
        defer { leave(id) }
        return try await body(log)
    }

    /// Tells the followers of that task, if there are any.
    func changed(_ id: String) { log(id)?.changed() }

    /// Nil when nobody runs or follows it here.
    func log(_ id: String) -> TaskLog? { entries.withLock { $0[id]?.log } }

    var count: Int { entries.withLock { $0.count } }

    private func enter(_ id: String) -> TaskLog {
        entries.withLock { entries in
            let log = entries[id]?.log ?? TaskLog()
            entries[id] = Entry(log: log, users: (entries[id]?.users ?? 0) + 1)
            return log
        }
    }

    private func leave(_ id: String) {
        entries.withLock { entries in
            guard let entry = entries[id] else { return }
            entries[id] = entry.users > 1 ? Entry(log: entry.log, users: entry.users - 1) : nil
        }
    }
}
