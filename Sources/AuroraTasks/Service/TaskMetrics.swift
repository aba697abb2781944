import AuroraModel
import Metrics

/// What tasks count. Labels are closed sets: no names, no free text.
enum TaskMetrics {
    static func submitted(_ type: String, count: Int = 1) {
        Counter(label: "aurora_tasks_submitted_total", dimensions: [("type", word(type))]).increment(by: count)
    }

    static func ended(_ type: String, _ state: TaskState, seconds: Double) {
        Counter(label: "aurora_tasks_ended_total", dimensions: [("type", word(type)), ("status", state.rawValue)]).increment()
        Timer(label: "aurora_tasks_duration", dimensions: [("type", word(type))]).recordSeconds(max(0, seconds))
    }

    static func retried(_ type: String) {
        Counter(label: "aurora_tasks_retries_total", dimensions: [("type", word(type))]).increment()
    }

    static func now(_ counts: TaskCounts) {
        Gauge(label: "aurora_tasks_queued").record(counts.queued)
        Gauge(label: "aurora_tasks_running").record(counts.active)
    }

    /// A store may hold types of another version.
    private static func word(_ type: String) -> String { TaskType(rawValue: type)?.rawValue ?? "other" }
}
