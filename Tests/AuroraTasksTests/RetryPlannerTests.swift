import AuroraModel
import AuroraSystem
import AuroraTestSupport
import Foundation
import Testing

@testable import AuroraTasks

@Suite("After a failed attempt a task")
struct RetryPlannerTests {
    private let planner = RetryPlanner(settings: TaskSettings())

    private func task(attempts: Int = 1, failures: Int = 0, deadline: Date? = nil) -> TaskSummary {
        TaskSummary(
            id: "t", type: "llm_inference", state: .running, priority: 5, requirements: .none, session: nil, traceparent: nil,
            idempotencyKey: nil, requestHash: "", attempts: attempts, failures: failures, losses: 0, errors: [], node: "n",
            createdAt: .sample(), startedAt: .sample(), finishedAt: nil, deadline: deadline)
    }

    private func outcome(
        _ task: TaskSummary, _ error: TaskError, settling: Bool = false, share: Double = 1, at seconds: Double = 10
    ) -> TaskOutcome {
        planner.outcome(of: task, after: error, node: "lead", isSettling: settling, at: .sample(seconds), share: share)
    }

    private func delay(_ outcome: TaskOutcome) -> Double? {
        if case .retry(_, let due, _) = outcome { due.timeIntervalSince(.sample(10)) } else { nil }
    }

    @Test func isTriedAgainLaterAndLaterUpToAMinute() {
        let delays = (1...9).map { delay(outcome(task(attempts: $0), TaskError(.attempt, "x"))) }
        #expect(delays == [1, 2, 4, 8, 16, 32, 60, 60, 60])
        #expect(delay(outcome(task(attempts: .max), TaskError(.attempt, "x"))) == 60)
    }

    @Test func waitsARandomShareOfThatTime() {
        #expect(delay(outcome(task(attempts: 4), TaskError(.attempt, "x"), share: 0.25)) == 2)
        #expect(delay(outcome(task(attempts: 4), TaskError(.attempt, "x"), share: 0)) == 0)
        #expect(delay(outcome(task(attempts: 4), TaskError(.attempt, "x"), share: 7)) == 8)
    }

    @Test func waitsAtLeastAsLongAsTheGatewayAsked() {
        #expect(delay(outcome(task(), TaskError(.unavailable, "x", retryAfter: .seconds(20)), share: 0)) == 20)
        #expect(delay(outcome(task(), TaskError(.unavailable, "x", retryAfter: .seconds(3600)), share: 0)) == 60)
    }

    @Test func isGivenUpWhenItsAttemptsAreUsedUp() {
        guard case .dead(let failure) = outcome(task(attempts: 5, failures: 4), TaskError(.attempt, "x", worker: "w")) else {
            Issue.record("not dead")
            return
        }
        #expect((failure.error, failure.attempt, failure.node, failure.worker) == ("x", 5, "lead", "w"))
        #expect(delay(outcome(task(attempts: 9, failures: 3), TaskError(.attempt, "x"))) != nil)
    }

    @Test func waitsForAWorkerWithoutUsingUpAttempts() {
        guard case .retry(_, _, let isCounted) = outcome(task(attempts: 50, failures: 4), TaskError(.unavailable, "x")) else {
            Issue.record("not tried again")
            return
        }
        #expect(!isCounted)
    }

    @Test func isGivenUpWhenItsTimeIsOverBeforeTheNextAttempt() {
        guard case .dead = outcome(task(deadline: .sample(11)), TaskError(.attempt, "x")) else {
            Issue.record("not dead at its deadline")
            return
        }
        guard case .dead = outcome(task(), TaskError(.unavailable, "x"), at: 86_400) else {
            Issue.record("not dead after a day")
            return
        }
    }

    @Test func isNotTriedAgainWhenTheRequestIsWrong() {
        let failure = TaskFailure(at: .sample(10), attempt: 1, node: "lead", error: "x")
        #expect(outcome(task(), TaskError(.request, "x")) == .failed(failure))
        #expect(outcome(task(), TaskError(.unknownModel, "x")) == .failed(failure))
        #expect(delay(outcome(task(), TaskError(.unknownModel, "x"), settling: true)) == 1)
        #expect(delay(outcome(task(attempts: 9), TaskError(.unknownModel, "x"), settling: true)) == 2)
    }
}

@Suite("A task that asks for a GPU")
struct TaskPlacementTests {
    private func node(_ name: String, gigabytes: [Int64], used: Int64 = 0, draining: Bool = false, models: [String] = []) -> NodeReport {
        NodeReport(
            node: name, role: .gpu, mesh: "m", version: "1", gatewayPort: 1, uptimeSeconds: 1, isDraining: draining,
            workers: [
                WorkerReport(name: "w", kind: .ollama, isUp: true, models: models.map { ModelReport(name: $0, loaded: true, listed: "{}") })
            ], gpus: gigabytes.map { GPUReport(name: "g", vendor: "nvidia", memoryBytes: $0 << 30, memoryUsedBytes: used << 30) })
    }

    @Test func goesToTheNodeThatHasTheModelElseToTheOneWithMostMemoryFree() throws {
        let nodes = [
            node("cpu", gigabytes: []), node("small", gigabytes: [12], models: ["m"]), node("busy", gigabytes: [48], used: 40),
            node("big", gigabytes: [24, 24]),
        ]
        #expect(try TaskPlacement.node(for: TaskRequirements(gpu: true), model: "m", among: nodes) == "small")
        #expect(try TaskPlacement.node(for: TaskRequirements(gpu: true), model: "x", among: nodes) == "big")
        #expect(try TaskPlacement.node(for: TaskRequirements(gpuMemoryBytes: 40 << 30), model: "m", among: nodes) == "busy")
    }

    @Test func waitsWhileNoNodeHasOne() {
        let nodes = [node("cpu", gigabytes: []), node("leaving", gigabytes: [80], draining: true)]
        let wanted = TaskRequirements(gpuMemoryBytes: 24 << 30)
        #expect(throws: TaskError(.unavailable, "no node has a GPU with 24 GB")) {
            _ = try TaskPlacement.node(for: wanted, model: nil, among: nodes)
        }
        #expect(throws: TaskError(.unavailable, "node 'cpu' has no GPU")) {
            _ = try TaskPlacement.node(for: TaskRequirements(node: "cpu", gpu: true), model: nil, among: nodes)
        }
    }

    @Test func goesAnywhereWhenItAsksForNothing() throws {
        #expect(try TaskPlacement.node(for: .none, model: "m", among: []) == nil)
        #expect(try TaskPlacement.node(for: TaskRequirements(node: "pod"), model: "m", among: []) == "pod")
    }
}
