import AuroraDialects
import AuroraModel
import AuroraStore
import AuroraSystem
import AuroraTestSupport
import Foundation
import Logging
import Synchronization
import Testing

@testable import AuroraTasks

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A task service on a real store, with its parts in hand.
struct RunningTasks: Sendable {
    let service: TaskService
    let store: SQLiteStore
    let gateway: ScriptedGateway
    let clock: ManualClock

    static func make(
        _ gateway: ScriptedGateway = ScriptedGateway(.says("Hello", " there")), store: SQLiteStore? = nil, commands: [TaskCommand] = [],
        runner: any CommandRunner = NoCommands(), nodes: [NodeReport] = [], settings: TaskSettings = TaskSettings(),
        clock: ManualClock = ManualClock()
    ) throws -> RunningTasks {
        let store = try store ?? SQLiteStore.inMemory()
        let access = TaskGateway(url: "http://gateway", token: Secret("own"), http: gateway, node: "lead", nodes: { nodes })
        let service = TaskService(
            store: store, gateway: access, commands: commands, runner: runner, folder: "/srv", settings: settings, logger: quiet,
            clock: clock,
            now: { clock.date }, share: { 1 })
        return RunningTasks(service: service, store: store, gateway: gateway, clock: clock)
    }

    /// Runs the service while the body runs, then cancels it, as a node does whose time to stop is over.
    func running<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            let value = try await body()
            group.cancelAll()
            return value
        }
    }

    @discardableResult
    func submit(_ payload: String = #"{"message":"hi"}"#, type: String = "llm_inference", more: String = "") async throws -> String {
        let body = try JSON(parsing: #"{"task_type":"\#(type)","payload":\#(payload)\#(more)}"#)
        let reader = TaskRequestReader(executors: service.executors, headers: TaskHeaders(), now: clock.date)
        return try #require(try await service.add(try reader.read(body).tasks).first).id
    }

    /// The task once the condition holds; moves the clock on while it waits, `step` at a time.
    func task(
        _ id: String, step: Duration = .milliseconds(500), sourceLocation: SourceLocation = #_sourceLocation,
        _ condition: @Sendable (TaskRecord) -> Bool = { $0.summary.state.isFinal }
    ) async throws -> TaskRecord {
        let found = Mutex<TaskRecord?>(nil)
        let came = await eventually {
            clock.advance(by: step)
            guard let task = try? await store.task(id), condition(task) else { return false }
            found.withLock { $0 = task }
            return true
        }
        let last = try await store.task(id)
        #expect(came, "the task is \(String(describing: last?.summary))", sourceLocation: sourceLocation)
        return try #require(found.withLock { $0 }, sourceLocation: sourceLocation)
    }
}

extension TaskRecord {
    var json: JSON? { result.flatMap { try? JSON(parsing: $0) } }
    var response: String? { json?["response"]?.string }
}

/// A machine without commands.
struct NoCommands: CommandRunner {
    func run(_ call: CommandCall, onLine: @escaping @Sendable (String) -> Void) async throws -> CommandEnd {
        throw AuroraError(.notFound, "there is no program '\(call.program)'")
    }
}

/// Keeps what was run and ends as it is told.
final class ScriptedCommands: CommandRunner {
    private let seen = Mutex<[CommandCall]>([])
    private let end: CommandEnd
    private let gate: ScriptedModel.Gate?
    private let stopped = Mutex(0)

    init(_ end: CommandEnd = CommandEnd(exitCode: 0, sentence: "ended", output: "one\ntwo\n"), gate: ScriptedModel.Gate? = nil) {
        self.end = end
        self.gate = gate
    }

    var calls: [CommandCall] { seen.withLock { $0 } }
    var cancelled: Int { stopped.withLock { $0 } }

    func run(_ call: CommandCall, onLine: @escaping @Sendable (String) -> Void) async throws -> CommandEnd {
        seen.withLock { $0.append(call) }
        for line in end.output.split(separator: "\n") { onLine(String(line)) }
        await gate?.pass()
        if Task.isCancelled {
            stopped.withLock { $0 += 1 }
            throw CancellationError()
        }
        return end
    }
}
