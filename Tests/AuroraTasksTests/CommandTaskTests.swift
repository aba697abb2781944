import AuroraDialects
import AuroraLive
import AuroraModel
import AuroraSystem
import AuroraTestSupport
import Foundation
import Testing

@testable import AuroraTasks

@Suite("A command as a task", .timeLimit(.minutes(1)))
struct CommandTaskTests {
    private let reindex = TaskCommand(
        name: "reindex", run: ["reindex", "--in={folder}", "{what}"], timeout: .seconds(9), env: ["MODE": "{what}", "FIXED": "{}"])

    private func submit(_ tasks: RunningTasks, _ arguments: String) async throws -> String {
        try await tasks.submit(#"{"command":"reindex","args":\#(arguments)}"#, type: "commands")
    }

    @Test func putsArgumentsInAsTheyAreAndNeverReadsThem() async throws {
        let runner = ScriptedCommands()
        let tasks = try RunningTasks.make(commands: [reindex], runner: runner)
        try await tasks.running { () async throws in
            let id = try await submit(tasks, #"{"folder":"a b; rm -rf / {what} $HOME","what":7.50}"#)
            let task = try await tasks.task(id)
            #expect(task.json?["output"]?.string == "one\ntwo\n" && task.json?["exit_code"]?.int == 0)
            let call = try #require(runner.calls.first)
            #expect(call.program == "reindex" && call.arguments == ["--in=a b; rm -rf / {what} $HOME", "7.50"])
            #expect(call.environment == ["MODE": "7.50", "FIXED": "{}", "AURORA_TASK_ID": id])
            #expect((call.folder, call.limit) == ("/srv", .seconds(9)))
        }
    }

    @Test func failsWithItsExitCodeAndLastWordsAndIsTriedAgain() async throws {
        let runner = ScriptedCommands(CommandEnd(exitCode: 3, sentence: "ended with exit code 3", output: "start\nno such index\n"))
        let tasks = try RunningTasks.make(commands: [reindex], runner: runner)
        try await tasks.running { () async throws in
            let task = try await tasks.task(try await submit(tasks, #"{"folder":"a","what":"b"}"#)).summary
            #expect((task.state, runner.calls.count) == (.dead, 5))
            #expect(task.errors.map(\.error) == ["the command 'reindex' ended with exit code 3, its last words: 'no such index'"])
        }
    }

    @Test func thatIsNotInstalledIsNotTriedAgain() async throws {
        let tasks = try RunningTasks.make(commands: [reindex])
        try await tasks.running { () async throws in
            let task = try await tasks.task(try await submit(tasks, #"{"folder":"a","what":"b"}"#)).summary
            #expect((task.state, task.errors.map(\.error)) == (.failed, ["there is no program 'reindex'"]))
        }
    }

    @Test func endsWhenItsTaskIsCancelled() async throws {
        let runner = ScriptedCommands(gate: ScriptedModel.Gate())
        let tasks = try RunningTasks.make(commands: [reindex], runner: runner)
        try await tasks.running { () async throws in
            let id = try await submit(tasks, #"{"folder":"a","what":"b"}"#)
            #expect(await eventually { runner.calls.count == 1 })
            _ = try await tasks.service.cancel(id)
            #expect(await eventually { runner.cancelled == 1 })
        }
    }

    @Test func isRefusedWhenTheManifestNoLongerHasIt() async throws {
        let before = try RunningTasks.make(commands: [reindex])
        let id = try await submit(before, #"{"folder":"a","what":"b"}"#)
        let after = try RunningTasks.make(store: before.store)
        try await after.running { () async throws in
            let task = try await after.task(id).summary
            #expect((task.state, task.errors.map(\.error)) == (.failed, ["'payload.command' is 'reindex'"]))
        }
    }

    @Test func runsForRealWithoutAShellBetween() async throws {
        let command = TaskCommand(name: "reindex", run: ["printf", "%s|", "{folder}", "{what}"], timeout: .seconds(20))
        let runner = LiveCommandRunner(environment: ["PATH": "/usr/bin:/bin", "SECRET": "s"])
        let end = try await runner.run(
            CommandCall(program: "printf", arguments: ["%s|", "$SECRET; `id`", "*"], limit: .seconds(20)), onLine: { _ in })
        #expect(end == CommandEnd(exitCode: 0, sentence: "ended with exit code 0", output: "$SECRET; `id`|*|"))
        let tasks = try RunningTasks.make(commands: [command], runner: LiveCommandRunnerInRoot(runner: runner))
        try await tasks.running { () async throws in
            let task = try await tasks.task(try await submit(tasks, #"{"folder":"a'b","what":"c\"d"}"#))
            #expect(task.json?["output"]?.string == "a'b|c\"d|")
        }
    }
}

/// The same, in a folder that every machine has.
private struct LiveCommandRunnerInRoot: CommandRunner {
    let runner: LiveCommandRunner

    func run(_ call: CommandCall, onLine: @escaping @Sendable (String) -> Void) async throws -> CommandEnd {
        var call = call
        call.folder = "/"
        return try await runner.run(call, onLine: onLine)
    }
}
