import ArgumentParser
import AuroraDialects
import AuroraModel
import Foundation

/// Follows a task to its end: text as it comes on a terminal, the whole result elsewhere.
struct TaskFollowing {
    let id: String
    let isJSON: Bool
    var showsPieces = Terminal.isInteractive

    func run(_ node: NodeConnection) async throws {
        var parser = SSEParser()
        var story = TaskStory()
        var line = ProgressLine()
        defer { line.clear() }
        let reply = try await node.stream(.get, "/tasks/\(TaskPath.escaped(id))/events")
        for try await piece in reply.body {
            for event in try parser.push(piece) {
                for news in try story.take(event.event ?? "", String(buffer: event.data)) {
                    if try show(news, &line) { return }
                }
            }
        }
        throw AuroraError(
            .unavailable, "the connection ended before the task '\(id)' did", hint: "it goes on; 'aurora mesh task \(id)' shows it")
    }

    /// True at the end.
    private func show(_ news: TaskStory.News, _ line: inout ProgressLine) throws -> Bool {
        switch news {
        case .stage(let words):
            line.show(words)
        case .text(let text):
            guard showsPieces, !isJSON else { break }
            line.clear()
            Terminal.show(text)
        case .startsOver:
            if showsPieces, !isJSON { Terminal.show("\n") }
        case .end(let task, let shown):
            line.clear()
            try finish(task, shownAlready: shown && showsPieces)
            return true
        }
        return false
    }

    private func finish(_ task: JSON, shownAlready: Bool) throws {
        let isDone = task["status"]?.string == TaskState.completed.rawValue
        if isJSON {
            print(task.text)
            if !isDone { throw ExitCode(1) }
            return
        }
        guard isDone else {
            let reason = task["error"]?.string ?? "no reason is known"
            throw AuroraError(
                .failed, "task '\(id)' ended as \(task["status"]?.string ?? "failed"): \(Terminal.oneLine(reason))",
                hint: "'aurora mesh task \(id)' shows its attempts")
        }
        print(shownAlready ? "" : TaskReport.result(task))
    }
}

/// What the events of a task mean, one after the other. Pure.
struct TaskStory {
    enum News: Equatable {
        case stage(String)
        case text(String)
        /// Another attempt begins; its text starts from the beginning.
        case startsOver
        /// The whole task, and whether its text came as pieces before.
        case end(JSON, hasShownText: Bool)
    }

    private var attempt: Int?
    private var hasText = false

    mutating func take(_ event: String, _ data: String) throws -> [News] {
        let value = try JSON(parsing: data)
        switch event {
        case "progress": return progress(value)
        case "token":
            hasText = true
            return [.text(value["text"]?.string ?? "")]
        case "done", "error": return [.end(value, hasShownText: hasText)]
        default: return []
        }
    }

    private mutating func progress(_ value: JSON) -> [News] {
        let number = value["attempt"]?.int ?? 1
        let worker = value["worker"]?.string.map { " on '\($0)'" } ?? ""
        let again = number > 1 ? ", attempt \(number)" : ""
        let restarts = hasText && attempt != nil && attempt != number
        attempt = number
        if restarts { hasText = false }
        return (restarts ? [.startsOver] : []) + [.stage((value["stage"]?.string ?? "working") + worker + again)]
    }
}

enum TaskPath {
    static func escaped(_ id: String) -> String { id.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? id }
}
