import AuroraDialects
import AuroraModel
import Foundation

/// Tasks for people, from the JSON in which the node tells them.
enum TaskReport {
    static func list(_ list: JSON, now: Date) -> String {
        let tasks = list["tasks"]?.array ?? []
        guard !tasks.isEmpty else { return "no tasks" + counts(list["counts"]) }
        var table = Table("TASK", "TYPE", "STATUS", "PRIORITY", "AGE", "TOOK", "FAILED", "NOTE")
        for task in tasks {
            table.add(
                (text(task, "task_id"), nil), (text(task, "task_type"), nil), (text(task, "status"), style(text(task, "status"))),
                (task["priority"]?.int.map(String.init) ?? "-", nil), (age(task, now), nil), (took(task, now), nil),
                (String(failures(task)), nil), (task["error"]?.string ?? place(task), nil))
        }
        let more = list["next"]?.string == nil ? "" : "\nmore are there; --limit shows them"
        return table.text + counts(list["counts"]) + more
    }

    static func text(_ task: JSON, now: Date) -> String {
        var lines = [
            "\(Terminal.styled(text(task, "task_id"), .bold)): \(text(task, "task_type")), \(state(task))",
            "  submitted  \(stamp(task, "created_at", now))",
        ]
        if task["started_at"]?.string != nil { lines.append("  started    \(stamp(task, "started_at", now))\(place(task).isEmpty ? "" : ", \(place(task))")") }
        for attempt in task["attempts"]?.array ?? [] { lines.append("  failed     \(failure(attempt, now))") }
        if let progress = task["progress"] { lines.append("  now        \(progressText(progress))") }
        if task["finished_at"]?.string != nil { lines.append("  ended      \(stamp(task, "finished_at", now)), after \(took(task, now))") }
        for (key, name) in [("deadline", "deadline"), ("idempotency_key", "key"), ("session", "session")] {
            if let value = task[key]?.string { lines.append("  \(name.padded(to: 9))  \(Terminal.oneLine(value))") }
        }
        if let requirements = task["requirements"] { lines.append("  wants      \(Terminal.oneLine(requirements.text))") }
        if let payload = task["payload"] { lines.append("  payload    \(Terminal.oneLine(payload.text))") }
        if let error = task["error"]?.string { lines.append("  error      \(Terminal.oneLine(error))") }
        let result = result(task)
        return lines.joined(separator: "\n") + (result.isEmpty ? "" : "\n\n\(result)")
    }

    /// What came out of it: the answer's or the program's text, else JSON.
    static func result(_ task: JSON) -> String {
        guard let result = task["result"], !result.isNull else { return "" }
        return result["response"]?.string ?? result["output"]?.string ?? result.text
    }

    // MARK: Parts

    private static func text(_ task: JSON, _ key: String) -> String { Terminal.oneLine(task[key]?.string ?? "-") }

    private static func state(_ task: JSON) -> String { Terminal.styled(text(task, "status"), style(text(task, "status")) ?? .dim) }

    private static func style(_ state: String) -> Terminal.Style? {
        switch TaskState(rawValue: state) {
        case .completed: .good
        case .failed, .dead: .bad
        case .running: .warn
        default: .dim
        }
    }

    private static func counts(_ counts: JSON?) -> String {
        guard let counts = counts?.object else { return "" }
        let words = counts.members.map { "\($0.value.int ?? 0) \(Terminal.oneLine($0.key))" }
        return "\n" + words.joined(separator: ", ")
    }

    private static func failures(_ task: JSON) -> Int {
        (task["attempts"]?.array ?? []).reduce(0) { $0 + max(1, min($1["times"]?.int ?? 1, 1_000_000)) }
    }

    private static func place(_ task: JSON) -> String { task["node"]?.string.map { "on \(Terminal.oneLine($0))" } ?? "" }

    private static func failure(_ attempt: JSON, _ now: Date) -> String {
        let spot = [attempt["worker"]?.string, attempt["node"]?.string].compactMap { $0 }.first.map { " on \($0)" } ?? ""
        let times = attempt["times"]?.int.map { " (\($0) times)" } ?? ""
        let words = "attempt \(attempt["attempt"]?.int ?? 0)\(spot): \(attempt["error"]?.string ?? "")\(times)"
        return "\(stamp(attempt, "at", now)), \(Terminal.oneLine(words))"
    }

    private static func progressText(_ progress: JSON) -> String {
        let worker = progress["worker"]?.string.map { " on \($0)" } ?? ""
        let bytes = progress["bytes"]?.int.flatMap { $0 > 0 ? ", \($0) bytes so far" : nil } ?? ""
        return Terminal.oneLine("\(progress["stage"]?.string ?? "working")\(worker), attempt \(progress["attempt"]?.int ?? 1)\(bytes)")
    }

    // MARK: Times

    private static func date(_ task: JSON, _ key: String) -> Date? {
        guard let text = task[key]?.string else { return nil }
        return (try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text)) ?? (try? Date.ISO8601FormatStyle().parse(text))
    }

    private static func stamp(_ task: JSON, _ key: String, _ now: Date) -> String {
        guard let date = date(task, key) else { return text(task, key) }
        return "\(text(task, key)) (\(Amount.duration(max(0, now.timeIntervalSince(date)))) ago)"
    }

    private static func age(_ task: JSON, _ now: Date) -> String {
        date(task, "created_at").map { Amount.duration(max(0, now.timeIntervalSince($0))) } ?? "-"
    }

    /// From its start to its end, or until now.
    private static func took(_ task: JSON, _ now: Date) -> String {
        guard let start = date(task, "started_at") else { return "-" }
        return Amount.time(max(0, (date(task, "finished_at") ?? now).timeIntervalSince(start)))
    }
}
