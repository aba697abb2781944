import AuroraDialects
import AuroraModel
import AuroraSystem

import struct Foundation.Date

/// Tasks as clients see them.
enum TaskView {
    static func url(_ id: String) -> String { "/tasks/\(id)" }

    /// Everything, with payload and result.
    static func whole(_ task: TaskRecord, progress: TaskLog.Snapshot?) -> JSON {
        var view = facts(task.summary)
        if task.summary.state == .running, let progress { view.append("progress", Self.progress(progress)) }
        view.append("payload", value(task.payload))
        view.append("result", task.result.map(value) ?? .null)
        return .object(view)
    }

    /// Without payload and result, for lists.
    static func line(_ task: TaskSummary) -> JSON { .object(facts(task)) }

    /// What a client needs to come back to a task.
    static func receipt(_ task: AddedTask) -> JSON {
        ["task_id": .string(task.id), "status": .string(task.state.rawValue), "status_url": .string(url(task.id))]
    }

    static func progress(_ snapshot: TaskLog.Snapshot) -> JSON {
        var progress: JSONObject = [
            "stage": .string(snapshot.stage), "attempt": .int(snapshot.attempt), "bytes": .int(snapshot.text.utf8.count),
        ]
        progress.append("worker", snapshot.worker.map(JSON.string))
        return .object(progress)
    }

    static func counts(_ counts: TaskCounts) -> JSON {
        [
            "queued": .int(counts.queued), "active": .int(counts.active), "completed": .int(counts.completed),
            "failed": .int(counts.failed),
            "cancelled": .int(counts.cancelled),
        ]
    }

    private static func facts(_ task: TaskSummary) -> JSONObject {
        var view: JSONObject = [
            "task_id": .string(task.id), "status": .string(task.state.rawValue), "task_type": .string(task.type),
            "status_url": .string(url(task.id)), "priority": .int(task.priority), "created_at": time(task.createdAt),
            "started_at": time(task.startedAt), "finished_at": time(task.finishedAt), "error": error(task),
            "attempts": .array(task.errors.map(failure)),
        ]
        view.append("deadline", task.deadline.map(time))
        view.append("node", task.node.map(JSON.string))
        view.append("session", task.session.map(JSON.string))
        view.append("idempotency_key", task.idempotencyKey.map(JSON.string))
        if task.requirements != .none { view.append("requirements", requirements(task.requirements)) }
        return view
    }

    private static func error(_ task: TaskSummary) -> JSON {
        switch task.state {
        case .queued, .running, .completed: .null
        case .cancelled: "cancelled"
        case .failed, .dead: .string(task.errors.last?.error ?? task.state.rawValue)
        }
    }

    private static func failure(_ failure: TaskFailure) -> JSON {
        var view: JSONObject = ["attempt": .int(failure.attempt), "at": time(failure.at), "error": .string(failure.error)]
        view.append("node", failure.node.isEmpty ? nil : .string(failure.node))
        view.append("worker", failure.worker.map(JSON.string))
        if failure.times > 1 { view.append("times", .int(failure.times)) }
        return .object(view)
    }

    private static func requirements(_ wanted: TaskRequirements) -> JSON {
        var view = JSONObject()
        view.append("model", wanted.model.map(JSON.string))
        view.append("node", wanted.node.map(JSON.string))
        view.append("worker", wanted.worker.map(JSON.string))
        view.append("min_vram", wanted.gpuMemoryBytes.map { .string("\($0 >> 20)MB") })
        view.append("gpu", wanted.gpu.map(JSON.bool))
        return .object(view)
    }

    private static func time(_ date: Date?) -> JSON { date.map { .string(TaskTime.text($0)) } ?? .null }

    /// What a store holds as text was JSON when it went in.
    private static func value(_ text: String) -> JSON { (try? JSON(parsing: text)) ?? .string(text) }
}
