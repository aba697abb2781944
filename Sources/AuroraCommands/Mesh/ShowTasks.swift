import ArgumentParser
import AuroraDialects
import AuroraModel
import Foundation

struct ShowTasks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tasks", abstract: "List the tasks of a node, newest first.",
        discussion: """
            Example:
              aurora mesh tasks --status queued,running
            """)

    @Option(
        help: ArgumentHelp("Only these, with commas between: \(TaskState.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "states"),
        completion: .list(TaskState.allCases.map(\.rawValue)))
    var status: String?

    @Option(help: ArgumentHelp("How many, 1 to 1000.", valueName: "number"))
    var limit = 20

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let states = status.map { "&status=\(TaskPath.escaped($0))" } ?? ""
        let list = try await connection.open().json(.get, "/tasks?limit=\(limit)\(states)")
        print(output.json ? list.text : TaskReport.list(list, now: Date()))
    }
}

struct ShowTask: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "task", abstract: "Show one task: its way, its attempts, its result.",
        discussion: """
            Example:
              aurora mesh task 0b6e1f0c-6d0e-4e8f-9a53-3b0a2f1d4c77
            """)

    @Argument(help: "The task's id.")
    var id: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let task = try await connection.open().json(.get, "/tasks/\(TaskPath.escaped(id))")
        print(output.json ? task.text : TaskReport.text(task, now: Date()))
    }
}

struct CancelTask: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "End a task that waits or runs, at once.",
        discussion: """
            Example:
              aurora mesh cancel 0b6e1f0c-6d0e-4e8f-9a53-3b0a2f1d4c77
            """)

    @Argument(help: "The task's id.")
    var id: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let task = try await connection.open().json(.delete, "/tasks/\(TaskPath.escaped(id))")
        if output.json { return print(task.text) }
        let state = task["status"]?.string ?? ""
        print(state == TaskState.cancelled.rawValue ? "cancelled '\(id)'" : "'\(id)' had ended before: \(Terminal.oneLine(state))")
    }
}
