import AuroraModel

/// One command under `commands:`, as written.
struct CommandDraft: Draft {
    static let noun = "a command"
    static let schema = Schema<CommandDraft>(fields: [
        Field("run", \.run, .command, isRequired: true, "A program and its arguments; `{name}` stands for an argument of the task."),
        Field("timeout", \.timeout, .duration(.seconds(1) ... .seconds(7 * 86_400)), "How long it may take; then it is ended."),
        Field("on", \.on, .list(.name), "The nodes that may run it; none: every node."),
        Field("env", \.env, .texts, "Variables it gets beside `PATH`, `HOME` and the like."),
    ])

    /// Programs that read one of their arguments as a program of its own.
    private static let shells: Set<String> = ["sh", "bash", "dash", "zsh", "ksh", "fish", "busybox", "env", "xargs"]

    var run: [String]?
    var timeout = Duration.seconds(300)
    var on: [String] = []
    var env: [String: String] = [:]

    init() {}

    init(_ command: TaskCommand) {
        (run, timeout, on, env) = (command.run, command.timeout, command.on, command.env)
    }

    func built(name: String, _ reader: inout Reader) -> TaskCommand? {
        guard let run else { return nil }
        let command = TaskCommand(name: name, run: run, timeout: timeout, on: on, env: env)
        check(command, &reader)
        return command
    }

    /// What a task sends must never become the program, or text that a shell reads.
    private func check(_ command: TaskCommand, _ reader: inout Reader) {
        let place = "\(reader.path).run"
        guard let program = command.run.first else { return }
        if !TaskCommand(name: "", run: [program], timeout: .zero).parameters.isEmpty {
            reader.report(
                "\(place) starts with '\(program.clipped)'", fix: "write the program itself; only its arguments may be {name}", at: place)
        }
        let isShell = program.split(separator: "/").last.map { Self.shells.contains(String($0)) } ?? false
        let words = TaskCommand(name: "", run: command.run, timeout: .zero).parameters
        if isShell, let first = words.first {
            reader.report(
                "\(place) hands {\(first)} to '\(program.clipped)', which would read it as a command",
                fix: "run the program itself, or pass the value on in env: { VALUE: \"{\(first)}\" } and write \"$$VALUE\" in the script",
                at: place)
        }
    }

    static func name(of command: TaskCommand) -> String { command.name }
}

/// `tasks:`.
enum TasksSection {
    static let schema = Schema<Manifest.Tasks>(fields: [
        Field("concurrency", \.concurrency, .int(1...1_000), "Tasks that this node runs at once."),
        Field("attempts", \.attempts, .int(1...100), "How often a task may fail before it is given up."),
        Field("keep", \.keep, .duration(.seconds(60) ... .seconds(3_650 * 86_400)), "How long ended tasks and their results are kept."),
        Field("limit", \.limit, .int(1...10_000_000), "Tasks that may be queued or running; more are refused."),
    ])
}
