import AuroraDialects
import AuroraModel
import AuroraStore
import AuroraSystem
import AuroraTestSupport
import Foundation
import Testing

@testable import AuroraTasks

/// What is on disk at the moment a call returns is all that a killed process leaves: the tests copy it then, and go on with the copy.
@Suite("After kill -9", .timeLimit(.minutes(1)))
struct TaskCrashTests {
    /// A step in the life of the tasks `a` (started by it) and `b` (never touched).
    struct Step: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var ends = TaskState.completed
        let perform: @Sendable (SQLiteStore, Date) async throws -> Void
    }

    static let life: [Step] = [
        Step(testDescription: "stored") { _, _ in },
        Step(testDescription: "claimed") { store, now async throws in
            _ = try await store.claim(TaskClaim(node: "lead", limit: 1, now: now, until: now.addingTimeInterval(30)))
        },
        Step(testDescription: "renewed") { store, now async throws in
            #expect(try await store.extend([lease], until: now.addingTimeInterval(3600)) == ["a"])
        },
        Step(testDescription: "failed once") { store, now async throws in
            let failure = TaskFailure(at: now, attempt: 1, node: "lead", error: "x")
            #expect(try await store.settle(lease, .retry(failure, due: now.addingTimeInterval(1), isCounted: true), at: now))
        },
        Step(testDescription: "claimed again") { store, now async throws in
            let later = now.addingTimeInterval(1)
            _ = try await store.claim(TaskClaim(node: "lead", limit: 1, now: later, until: later.addingTimeInterval(30)))
        },
        Step(testDescription: "completed") { store, now async throws in
            let second = TaskLease(id: "a", node: "lead", attempt: 2)
            #expect(try await store.settle(second, .completed(result: #"{"response":"before"}"#), at: now))
        },
    ]

    static let lease = TaskLease(id: "a", node: "lead", attempt: 1)

    @Test(arguments: life.indices)
    func everyTaskEndsOnceWhereverItStood(_ last: Int) async throws {
        try await withTemporaryFolder { folder async throws in
            let clock = ManualClock()
            let store = try SQLiteStore.open(path: folder + "/aurora.db")
            _ = try await store.add([.sample("a", priority: 9, key: "ka"), .sample("b", key: "kb")], limit: 9)
            for step in Self.life[...last] { try await step.perform(store, clock.date) }

            let left = try SQLiteStore.open(path: try copy(folder, to: "left"))
            let tasks = try RunningTasks.make(ScriptedGateway(.says("after")), store: left, clock: clock)
            try await tasks.running { () async throws in
                let (a, b) = (try await tasks.task("a"), try await tasks.task("b"))
                let wasDone = last == Self.life.count - 1
                #expect((a.summary.state, a.response) == (.completed, wasDone ? "before" : "after"))
                #expect((b.summary.state, b.response) == (.completed, "after"))
                #expect(tasks.gateway.calls.count == (wasDone ? 1 : 2))
                // Whoever asks again with the same key gets what there is.
                let again = try await left.add([.sample("other", key: "ka")], limit: 9)
                #expect(again == [AddedTask(id: "a", state: .completed, isNew: false)])
            }
            #expect(try await left.taskCounts() == TaskCounts(completed: 2))
            #expect(try await left.integrityProblems() == [])
        }
    }

    @Test func aCancelledTaskStaysCancelled() async throws {
        try await withTemporaryFolder { folder async throws in
            let store = try SQLiteStore.open(path: folder + "/aurora.db")
            _ = try await store.add([.sample("a"), .sample("b")], limit: 9)
            _ = try await store.claim(.sample(1, node: "lead"))
            _ = try await store.cancel("a", at: .sample())
            let tasks = try RunningTasks.make(store: try SQLiteStore.open(path: try copy(folder, to: "left")))
            try await tasks.running { () async throws in
                _ = try await tasks.task("b")
                #expect(try await tasks.store.task("a")?.summary.state == .cancelled)
                #expect(tasks.gateway.calls.count == 1)
            }
        }
    }

    @Test func aTaskWhoseAnswerGrewIsAskedAnewAndEndsWithOneAnswer() async throws {
        try await withTemporaryFolder { folder async throws in
            let clock = ManualClock()
            let first = try RunningTasks.make(
                ScriptedGateway(.stream(["half", " an answer"], gate: ScriptedModel.Gate(), ends: true)),
                store: try SQLiteStore.open(path: folder + "/aurora.db"), clock: clock)
            try await first.running { () async throws in
                let id = try await first.submit()
                #expect(await eventually { first.service.board.log(id)?.snapshot.text.isEmpty == false })
                let second = try RunningTasks.make(
                    ScriptedGateway(.says("a whole answer")), store: try SQLiteStore.open(path: try copy(folder, to: "left")), clock: clock)
                try await second.running { () async throws in
                    let task = try await second.task(id)
                    #expect((task.response, task.summary.attempts, task.summary.losses) == ("a whole answer", 2, 1))
                    #expect(task.summary.errors.map(\.error) == ["node 'lead' stopped before the task had ended"])
                }
            }
        }
    }

    @Test func aNodeThatStopsInOrderPutsItsTasksBackInLine() async throws {
        let store = try SQLiteStore.inMemory()
        let stopping = try RunningTasks.make(ScriptedGateway(.stream(["x"], gate: ScriptedModel.Gate(), ends: true)), store: store)
        let id = try await stopping.running { () async throws in
            let id = try await stopping.submit()
            #expect(await eventually { stopping.gateway.calls.count == 1 })
            return id
        }
        #expect(try await store.task(id)?.summary.state == .queued)
        #expect(try await store.task(id)?.summary.failures == 0)
    }

    @Test func tenThousandTasksAreStoredInOneTransactionAndAllEnd() async throws {
        try await withTemporaryFolder { folder async throws in
            let store = try SQLiteStore.open(path: folder + "/aurora.db")
            let start = ContinuousClock.now
            _ = try await store.add((0..<10_000).map { .sample("t\($0)", key: "k\($0)") }, limit: 100_000)
            let stored = ContinuousClock.now - start
            #expect(stored < .seconds(20), "storing took \(stored)")
            let claimed = try await store.claim(.sample(64))
            #expect(claimed.map(\.summary.id) == (0..<64).map { "t\($0)" })
            #expect(try await store.taskCounts() == TaskCounts(queued: 9_936, active: 64))
        }
    }

    private func copy(_ folder: String, to name: String) throws -> String {
        let target = folder + "/" + name
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: folder + "/aurora.db" + suffix, toPath: target + "/aurora.db" + suffix)
        }
        return target + "/aurora.db"
    }
}
