import AuroraDialects
import AuroraHTTP
import AuroraModel

/// What a follower of one task is told next. Pure: the log and the store are looked at by whoever calls.
struct TaskFollower: Sendable {
    private var place: TaskPlace
    private var told: (attempt: Int, stage: String)?

    init(from place: TaskPlace) { self.place = place }

    /// Events of what an open task has said since.
    mutating func events(_ snapshot: TaskLog.Snapshot) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        if place.attempt != snapshot.attempt { place = TaskPlace(attempt: snapshot.attempt) }
        if told?.attempt != snapshot.attempt || told?.stage != snapshot.stage {
            told = (snapshot.attempt, snapshot.stage)
            events.append(event("progress", TaskView.progress(snapshot)))
        }
        if let token = token(in: snapshot.text) { events.append(token) }
        return events
    }

    /// The last events: what is missing of the text, then how it ended.
    mutating func events(_ task: TaskRecord) -> [ServerSentEvent] {
        if place.attempt != task.summary.attempts { place = TaskPlace(attempt: task.summary.attempts) }
        let text = task.result.flatMap { try? JSON(parsing: $0) }.flatMap { $0["response"]?.string } ?? ""
        let name = task.summary.state == .completed ? "done" : "error"
        let last = ServerSentEvent(event: name, id: TaskPlace.end, data: TaskView.whole(task, progress: nil).text)
        return (token(in: text).map { [$0] } ?? []) + [last]
    }

    private mutating func token(in text: String) -> ServerSentEvent? {
        guard text.utf8.count > place.bytes else { return nil }
        let piece = text.after(bytes: place.bytes)
        place.bytes = text.utf8.count
        return event("token", ["text": .string(String(piece))])
    }

    private func event(_ name: String, _ data: JSON) -> ServerSentEvent {
        ServerSentEvent(event: name, id: place.text, data: data.text)
    }
}
