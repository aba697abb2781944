import AuroraDialects
import AuroraModel
import AuroraStore
import AuroraSystem
import AuroraTestSupport
import Foundation
import HTTPTypes
import NIOCore
import Testing

@testable import AuroraTasks

@Suite("A task service", .timeLimit(.minutes(1)))
struct TaskServiceTests {
    @Test func answersAMessageWithTheFirstModel() async throws {
        let tasks = try RunningTasks.make()
        try await tasks.running { () async throws in
            let task = try await tasks.task(try await tasks.submit())
            #expect((task.summary.state, task.response) == (.completed, "Hello there"))
            #expect((task.json?["model"], task.json?["worker"], task.json?["node"]) == ("first", "pod/ollama", "pod"))
            #expect(task.json?["usage"]?["total_tokens"]?.int == 8)
        }
        let call = try #require(tasks.gateway.calls.first)
        #expect((call.method, call.url) == (.post, "http://gateway/v1/chat/completions"))
        let body = try JSON(parsing: try #require(call.body))
        #expect(body["model"] == "first" && body["stream"] == true)
        #expect(body["messages"] == [["role": "user", "content": "hi"]])
    }

    @Test func passesPriorityPlaceAndOptionsToTheGateway() async throws {
        let tasks = try RunningTasks.make()
        try await tasks.running { () async throws in
            let id = try await tasks.submit(
                #"{"message":"hi","model":"m","options":{"temperature":0.70,"num_predict":9,"repeat_penalty":1.1}}"#,
                more: #","priority":8,"session":"s","requirements":{"node":"pod","worker":"pod/ollama"}"#)
            _ = try await tasks.task(id)
            let call = try #require(tasks.gateway.calls.first)
            func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { call.headers[$0] } }
            #expect(header("Authorization") == "Bearer own" && header("X-Request-Id") == id)
            #expect((header("X-Aurora-Priority"), header("X-Aurora-Session")) == ("8", "s"))
            #expect((header("X-Aurora-Node"), header("X-Aurora-Worker")) == ("pod", "pod/ollama"))
            let body = String(buffer: try #require(call.body))
            #expect(body.hasSuffix(#""temperature":0.70,"repeat_penalty":1.1,"repetition_penalty":1.1,"max_tokens":9}"#))
        }
    }

    @Test func turnsTextsIntoVectors() async throws {
        let reply = #"{"data":[{"embedding":[0.10,-2e-3]},{"embedding":[1]}],"model":"e","usage":{"prompt_tokens":2}}"#
        let tasks = try RunningTasks.make(ScriptedGateway(.status(200, reply, [:])))
        try await tasks.running { () async throws in
            let task = try await tasks.task(try await tasks.submit(#"{"input":["a","b"],"model":"e"}"#, type: "embeddings"))
            #expect(task.result?.hasPrefix(#"{"embeddings":[[0.10,-2e-3],[1]],"model":"e""#) == true, "\(task.result ?? "")")
        }
    }

    @Test func triesAgainAfterAFailureAndKeepsIt() async throws {
        let tasks = try RunningTasks.make(
            ScriptedGateway(
                .error(500, "out of memory"), .stream(["Hel"], gate: nil, ends: false),
                .fail(AuroraError(.timedOut, "no answer from 'gateway'")), .says("Hello")))
        try await tasks.running { () async throws in
            let task = try await tasks.task(try await tasks.submit())
            #expect((task.summary.state, task.response, task.summary.attempts, task.summary.failures) == (.completed, "Hello", 4, 3))
            #expect(
                task.summary.errors.map(\.error) == ["out of memory", "the answer ended in the middle", "no answer from 'gateway'"])
            #expect(task.summary.errors.map(\.worker) == ["pod/ollama", "pod/ollama", nil])
        }
    }

    @Test func givesUpAfterItsAttemptsAndKeepsEveryError() async throws {
        let tasks = try RunningTasks.make(
            ScriptedGateway(.error(500, "a"), .error(502, "b"), .error(500, "c"), .error(504, "d"), .error(500, "e")))
        try await tasks.running { () async throws in
            let task = try await tasks.task(try await tasks.submit())
            #expect((task.summary.state, task.summary.errors.map(\.error)) == (.dead, ["a", "b", "c", "d", "e"]))
        }
        #expect(tasks.gateway.calls.count == 5)
    }

    @Test(arguments: [400, 413, 422, 401])
    func doesNotTryAgainWhatTheGatewayRefuses(_ status: Int) async throws {
        let tasks = try RunningTasks.make(ScriptedGateway(.error(status, "no")))
        try await tasks.running { () async throws in
            #expect(try await tasks.task(try await tasks.submit()).summary.state == .failed)
        }
        #expect(tasks.gateway.calls.count == 1)
    }

    @Test func believesThatAModelIsUnknownOnlyOnceTheNodeHasSettled() async throws {
        let tasks = try RunningTasks.make(
            ScriptedGateway(.error(404, "model 'm' not found"), .says("Hello"), .error(404, "model 'm' not found")))
        try await tasks.running { () async throws in
            #expect(try await tasks.task(try await tasks.submit()).response == "Hello")
            tasks.clock.advance(by: .seconds(31))
            let second = try await tasks.task(try await tasks.submit())
            #expect((second.summary.state, second.summary.errors.map(\.error)) == (.failed, ["model 'm' not found"]))
        }
    }

    @Test func waitsForAWorkerLongerThanItsAttempts() async throws {
        let away = ScriptedGateway.Step.error(503, "no engine has it now")
        let tasks = try RunningTasks.make(
            ScriptedGateway(away, away, .error(429, "full"), away, away, away, .fail(AuroraError(.unavailable, "gone")), .says("Hello")))
        try await tasks.running { () async throws in
            let task = try await tasks.task(try await tasks.submit(), step: .seconds(20))
            #expect((task.summary.state, task.summary.failures, task.summary.attempts) == (.completed, 0, 8))
            #expect(task.summary.errors.map(\.times) == [2, 1, 3, 1])
        }
    }

    @Test func runsNoMoreThanItsPlacesAndHigherPrioritiesFirst() async throws {
        let gate = ScriptedModel.Gate()
        var settings = TaskSettings()
        settings.concurrency = 2
        let tasks = try RunningTasks.make(ScriptedGateway(.stream(["x"], gate: gate, ends: true)), settings: settings)
        for number in 0..<5 { try await tasks.submit(#"{"message":"\#(number)","model":"m"}"#, more: #","priority":\#(number)"#) }
        try await tasks.running { () async throws in
            #expect(await eventually { tasks.gateway.calls.count == 2 })
            #expect(try await tasks.service.counts() == TaskCounts(queued: 3, active: 2))
            let asked = tasks.gateway.calls.compactMap { $0.body.map { String(buffer: $0) } }
            #expect(asked.allSatisfy { $0.contains(#""content":"4""#) || $0.contains(#""content":"3""#) })
            gate.open()
            #expect(await eventually { (try? await tasks.service.counts()) == TaskCounts(completed: 5) })
        }
    }

    @Test func cancelsARunningTaskAtOnce() async throws {
        let tasks = try RunningTasks.make(ScriptedGateway(.stream(["Hel", "lo"], gate: ScriptedModel.Gate(), ends: true)))
        try await tasks.running { () async throws in
            let id = try await tasks.submit()
            #expect(await eventually { tasks.gateway.calls.count == 1 })
            #expect(try await tasks.service.cancel(id)?.summary.state == .cancelled)
            #expect(await eventually { tasks.gateway.abandoned == 1 })
            #expect(try await tasks.service.cancel(id)?.summary.state == .cancelled)
            #expect(try await tasks.service.cancel("none") == nil)
            #expect(await eventually { tasks.service.board.count == 0 })
            #expect(try await tasks.store.task(id)?.summary.errors == [])
        }
    }

    @Test func stopsATaskAtItsDeadlineWhetherItRunsOrWaits() async throws {
        var settings = TaskSettings()
        settings.concurrency = 1
        let tasks = try RunningTasks.make(ScriptedGateway(.stream(["x"], gate: ScriptedModel.Gate(), ends: true)), settings: settings)
        try await tasks.running { () async throws in
            let running = try await tasks.submit(more: #","deadline":60"#)
            #expect(await eventually { tasks.gateway.calls.count == 1 })
            let queued = try await tasks.submit(more: #","deadline":5"#)
            let second = try await tasks.task(queued).summary
            #expect(
                (second.state, second.attempts, second.errors.map(\.error)) == (.dead, 0, ["its deadline passed before it could be done"]))
            let first = try await tasks.task(running, step: .seconds(5)).summary
            #expect((first.state, first.errors.map(\.error)) == (.dead, ["its deadline passed while it ran"]))
            #expect(await eventually { tasks.gateway.abandoned == 1 })
        }
    }

    @Test func keepsTheLeaseOfALongTaskAndStopsOneThatIsNotItsOwnAnyMore() async throws {
        let gate = ScriptedModel.Gate()
        let tasks = try RunningTasks.make(ScriptedGateway(.stream(["Hello"], gate: gate, ends: true)))
        try await tasks.running { () async throws in
            let (long, lost) = (try await tasks.submit(), try await tasks.submit())
            #expect(await eventually { tasks.gateway.calls.count == 2 })
            // Another node ends it, as one with the same database would.
            _ = try await tasks.store.cancel(lost, at: tasks.clock.date)
            for _ in 0..<90 {
                tasks.clock.advance(by: .seconds(1))
                _ = try await tasks.store.taskCounts()
            }
            #expect(
                await eventually { () async in
                    tasks.clock.advance(by: .seconds(1))
                    return tasks.gateway.abandoned == 1
                })
            gate.open()
            let task = try await tasks.task(long)
            #expect((task.response, task.summary.attempts) == ("Hello", 1))
        }
    }

    @Test func goesOnWithATaskAfterItsMachineSlept() async throws {
        let gate = ScriptedModel.Gate()
        let tasks = try RunningTasks.make(ScriptedGateway(.stream(["Hello"], gate: gate, ends: true)))
        try await tasks.running { () async throws in
            let id = try await tasks.submit()
            #expect(await eventually { tasks.gateway.calls.count == 1 })
            for _ in 0..<5 {
                tasks.clock.advance(by: .seconds(3600))
                _ = try await tasks.store.taskCounts()
            }
            gate.open()
            let task = try await tasks.task(id)
            #expect((task.response, task.summary.attempts, task.summary.losses) == ("Hello", 1, 0))
        }
    }

    @Test func removesResultsThatWereKeptLongEnough() async throws {
        let tasks = try RunningTasks.make()
        try await tasks.running { () async throws in
            let id = try await tasks.submit()
            _ = try await tasks.task(id)
            tasks.clock.advance(by: .seconds(7 * 86_400 - 120))
            #expect(try await tasks.store.task(id) != nil)
            #expect(
                await eventually { () async in
                    tasks.clock.advance(by: .seconds(10))
                    return (try? await tasks.store.task(id)) == .some(nil)
                })
        }
    }

    @Test func waitsUntilATaskHasEndedAndNoLongerThanItWasTold() async throws {
        let gate = ScriptedModel.Gate()
        let tasks = try RunningTasks.make(ScriptedGateway(.stream(["Hello"], gate: gate, ends: true)))
        try await tasks.running { () async throws in
            let id = try await tasks.submit()
            #expect(try await tasks.service.wait(for: id, atMost: .zero)?.summary.state.isFinal == false)
            async let late = tasks.service.wait(for: id, atMost: .seconds(60))
            async let early = tasks.service.wait(for: id, atMost: .seconds(2))
            #expect(await eventually { tasks.gateway.calls.count == 1 })
            tasks.clock.advance(by: .seconds(2))
            #expect(try await early?.summary.state == .running)
            gate.open()
            #expect(try await late?.response == "Hello")
        }
    }

    @Test func letsOnlySoManyWait() async throws {
        var settings = TaskSettings()
        settings.waiters = 0
        let tasks = try RunningTasks.make(settings: settings)
        let id = try await tasks.submit()
        #expect(try await tasks.service.wait(for: id, atMost: .seconds(600))?.summary.state == .queued)
    }

    @Test func endsATaskThatKeepsTakingItsNodeDown() async throws {
        let tasks = try RunningTasks.make()
        let id = try await tasks.submit()
        for _ in 0..<20 {
            _ = try await tasks.store.claim(TaskClaim(node: "lead", limit: 1, now: tasks.clock.date, until: tasks.clock.date))
            _ = try await tasks.store.release(node: "lead", at: tasks.clock.date)
        }
        try await tasks.running { () async throws in
            let task = try await tasks.task(id).summary
            #expect((task.state, task.losses, tasks.gateway.calls.count) == (.dead, 20, 0))
            #expect(task.errors.map(\.times) == [20, 1])
        }
    }
}
