import AuroraDialects
import AuroraModel
import AuroraSystem

/// `commands`: a command that the manifest names, with arguments that never pass through a shell.
struct CommandsExecutor: TaskExecutor {
    private static let known = ["command", "args"]
    private static let argumentLimit = 32 << 10

    let type = TaskType.commands
    let commands: [TaskCommand]
    let runner: any CommandRunner
    let node: String
    /// Where commands run; relative paths in them start here.
    let folder: String?

    func findings(_ payload: JSONObject, _ requirements: TaskRequirements) -> [TaskFinding] {
        var fields = TaskFields(payload, prefix: "payload.")
        fields.refuseUnknown(known: Self.known)
        checkPlace(requirements, &fields)
        let name = fields["command"]
        guard let command = commands.first(where: { $0.name == name?.string }) else {
            fields.report("command", name.map { "is \($0.shown)" } ?? "is missing", fix: advice(name?.string ?? ""))
            return fields.findings
        }
        if !command.on.isEmpty, !command.on.contains(node) {
            fields.report(
                "command", "is '\(command.name)', which runs on \(command.on.joined(separator: ", ")), and this is '\(node)'",
                fix: "submit it there, or add '\(node)' to 'commands.\(command.name).on'")
        }
        let arguments = fields.object("args") ?? [:]
        var inner = TaskFields(arguments, prefix: "payload.args.")
        inner.refuseUnknown(known: command.parameters)
        for parameter in command.parameters { check(parameter, of: command, &inner) }
        return fields.findings + inner.findings
    }

    func run(_ task: TaskRecord, _ payload: JSONObject, log: TaskLog) async throws -> JSON {
        // The manifest may have changed since the task was stored.
        if let finding = findings(payload, task.summary.requirements).first { throw TaskError(.request, finding.reason) }
        guard let command = commands.first(where: { $0.name == payload["command"]?.string }) else {
            throw TaskError(.request, "there is no command of that name any more")
        }
        let call = call(command, payload["args"]?.object ?? [:], task: task.summary)
        let (start, clock) = (ContinuousClock.now, ContinuousClock())
        let end: CommandEnd
        do {
            end = try await runner.run(call) { _ = log.append($0 + "\n") }
        } catch let error as AuroraError where !Task.isCancelled {
            throw TaskError(error.code == .notFound ? .request : .attempt, error.message)
        }
        try Task.checkCancellation()
        guard end.exitCode == 0 else {
            let last = end.output.split(separator: "\n").last.map { ", its last words: '\($0.suffix(200))'" } ?? ""
            throw TaskError(.attempt, "the command '\(command.name)' \(end.sentence)\(last)")
        }
        return [
            "exit_code": 0, "output": .string(end.output), "seconds": .double((clock.now - start).seconds), "node": .string(node),
        ]
    }

    private func call(_ command: TaskCommand, _ arguments: JSONObject, task: TaskSummary) -> CommandCall {
        let values = Dictionary(
            arguments.members.compactMap { member in Self.text(member.value).map { (member.key, $0) } },
            uniquingKeysWith: { _, last in last })
        let words = command.run.map { Self.filled($0, values) }
        var environment = command.env.mapValues { Self.filled($0, values) }
        environment["AURORA_TASK_ID"] = task.id
        return CommandCall(
            program: words.first ?? "", arguments: Array(words.dropFirst()), environment: environment, folder: folder,
            limit: command.timeout)
    }

    /// One pass from left to right, so that a value with braces in it stays what it is.
    private static func filled(_ text: String, _ values: [String: String]) -> String {
        text.replacing(/\{([a-z0-9_-]+)\}/) { match in values[String(match.output.1)] ?? String(match.output.0) }
    }

    private static func text(_ value: JSON) -> String? {
        switch value {
        case .string(let text), .number(let text): text
        case .bool(let flag): "\(flag)"
        case .null, .array, .object: nil
        }
    }

    private func check(_ parameter: String, of command: TaskCommand, _ fields: inout TaskFields) {
        guard let value = fields[parameter] else {
            return fields.report(parameter, "is missing", fix: "the command '\(command.name)' needs it")
        }
        guard let text = Self.text(value), text.utf8.count <= Self.argumentLimit, !text.utf8.contains(0) else {
            return fields.report(
                parameter, "is \(value.shown)", fix: "use a text, a number, true or false, of at most \(Self.argumentLimit) bytes")
        }
        // A value that stands alone could become an option of the program.
        if command.run.contains("{\(parameter)}"), text.hasPrefix("-"), Double(text) == nil {
            fields.report(
                parameter, "is '\(text.prefix(64))', which the program would take for an option",
                fix: "use a value that does not start with '-'")
        }
    }

    private func checkPlace(_ requirements: TaskRequirements, _ fields: inout TaskFields) {
        if let other = requirements.node, other != node {
            fields.report("command", "runs on this node, '\(node)', and 'requirements.node' is '\(other)'", fix: "submit it to '\(other)'")
        }
        if requirements.model != nil || requirements.worker != nil || requirements.gpu != nil || requirements.gpuMemoryBytes != nil {
            fields.report(
                "command", "needs no model and no GPU", fix: "leave 'model', 'worker', 'gpu' and 'min_vram' out of 'requirements'")
        }
    }

    private func advice(_ name: String) -> String {
        guard !commands.isEmpty else { return "this node has no commands: add them under 'commands:' in aurora.yml" }
        let near = NearestNames.of(name, in: commands.map(\.name), limit: 1).first.map { "did you mean '\($0)'? " } ?? ""
        return near + "known: \(commands.map(\.name).joined(separator: ", "))"
    }
}
