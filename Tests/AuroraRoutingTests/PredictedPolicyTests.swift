import AuroraModel
import Testing

@testable import AuroraRouting

@Suite struct PredictedPolicyTests {
    @Test func theOnlyWorkerTakesTheRequest() throws {
        var mesh = TestMesh(1)
        let run = try mesh.run()
        #expect(run.worker == WorkerID(1))
        #expect(run.model == "llama")
        #expect(run.decision.reason == .only)
        #expect(run.decision.policy == .predicted)
        #expect(run.decision.alternatives.isEmpty)
    }

    @Test func theFasterWorkerIsLearnedAndChosen() throws {
        var mesh = TestMesh(3)
        mesh.teach(1, ttft: 1)
        mesh.teach(2, ttft: 0.1)
        mesh.teach(3, ttft: 0.5)
        let run = try mesh.run()
        #expect(run.worker == WorkerID(2))
        #expect(run.decision.reason == .fastest)
        #expect(run.decision.alternatives.map(\.worker) == [WorkerID(3), WorkerID(1)])
        #expect(abs(run.decision.predicted.firstToken - 0.1) < 0.03)
    }

    @Test func whatAnotherRouterMeasuredIsBelievedUntilThisOneMeasured() throws {
        var mesh = TestMesh(3)
        mesh.change(1) { $0.models[0].told = ToldSpeed(promptTokensPerSecond: 100, tokensPerSecond: 5, loadSeconds: 60) }
        mesh.change(3) { $0.models[0].told = ToldSpeed(promptTokensPerSecond: 20_000, tokensPerSecond: 200, loadSeconds: 1) }
        let run = try mesh.run(2000)
        #expect(run.worker == WorkerID(3))
        #expect(run.decision.alternatives.map(\.worker) == [WorkerID(2), WorkerID(1)])
        #expect(abs(run.decision.predicted.firstToken - 0.1) < 0.05)
        mesh.router.ended(run.id, .cancelled, now: mesh.now)
        mesh.teach(3, prompt: 2000, ttft: 30, times: 5)
        #expect(try mesh.run(2000).worker == WorkerID(2))
    }

    @Test(arguments: [0, -1, .nan, .infinity, 1e300]) func speedsThatNoMachineCanHaveAreNotBelieved(_ speed: Double) throws {
        var (mesh, usual) = (TestMesh(1), TestMesh(1))
        mesh.change(1) { $0.models[0].told = ToldSpeed(promptTokensPerSecond: speed, tokensPerSecond: speed, loadSeconds: -speed) }
        #expect(try mesh.run().decision.predicted == usual.run().decision.predicted)
    }

    @Test func aChangeOfSpeedIsFollowedWithinAFewAnswers() throws {
        var mesh = TestMesh(2)
        mesh.teach(1, ttft: 0.1, times: 20)
        mesh.teach(2, ttft: 0.5, times: 20)
        mesh.teach(1, ttft: 2, times: 8)
        #expect(try mesh.run().worker == WorkerID(2))
    }

    @Test func oneSlowAnswerDoesNotSpoilAReputation() throws {
        var mesh = TestMesh(2)
        mesh.teach(1, ttft: 0.1, times: 20)
        mesh.teach(2, ttft: 0.2, times: 20)
        mesh.teach(1, ttft: 30, times: 1)
        #expect(try mesh.run().worker == WorkerID(1))
    }

    @Test func aWorkerWithTheModelInMemoryBeatsAFasterOneThatLoads() throws {
        var mesh = TestMesh(2)
        mesh.teach(1, ttft: 0.3)
        mesh.teach(2, ttft: 0.1)
        mesh.pass(10)
        mesh.change(2) { $0.models[0].isResident = false }
        let run = try mesh.run()
        #expect(run.worker == WorkerID(1))
        #expect(run.decision.reason == .resident)
    }

    @Test func aWorkerFarAwayIsWorthItOnlyForLongPrompts() throws {
        var mesh = TestMesh(2)
        mesh.change(2) { $0.linkSeconds = 0.2 }
        for (number, perToken, link) in [(1, 0.002, 0.001), (2, 0.0002, 0.2)] {
            for prompt in [100, 4000, 400, 1000, 2000, 100] {
                mesh.teach(number, prompt: prompt, ttft: link + Double(prompt) * perToken, times: 1)
            }
        }
        var other = mesh
        #expect(try mesh.run(50).worker == WorkerID(1))
        #expect(try other.run(4000).worker == WorkerID(2))
    }

    @Test func workThatDidNotPassThroughHereCounts() throws {
        var mesh = TestMesh(2)
        mesh.teach(1, ttft: 0.1)
        mesh.teach(2, ttft: 0.15)
        mesh.change(1) { $0.outsideLoad = 1 }
        #expect(try mesh.run().worker == WorkerID(2))
    }

    @Test func equalWorkersShareTheWork() throws {
        var mesh = TestMesh(4, slots: 4)
        for number in 1...4 { mesh.teach(number, ttft: 0.2) }
        var perWorker: [WorkerID: Int] = [:]
        for _ in 0..<8 { perWorker[try mesh.run().worker, default: 0] += 1 }
        #expect(perWorker.values.allSatisfy { $0 == 2 })
        #expect(perWorker.count == 4)
    }

    @Test func routersWithOtherSeedsSpreadDifferently() throws {
        func first(_ seed: UInt64) throws -> [WorkerID] {
            var settings = RouterSettings()
            settings.seed = seed
            var mesh = TestMesh(8, settings: settings)
            return try (0..<4).map { _ in try mesh.run().worker }
        }
        #expect(try first(1) == first(1))
        #expect(try first(1) != first(2))
    }

    @Test func aLongAnswerPrefersTheWorkerThatWritesFaster() throws {
        var mesh = TestMesh(2)
        mesh.teach(1, ttft: 0.10, tokens: 100, generation: 10)
        mesh.teach(2, ttft: 0.15, tokens: 100, generation: 1)
        var other = mesh
        #expect(try mesh.run().worker == WorkerID(1))
        #expect(try other.run { $0.expectedTokens = 4000 }.worker == WorkerID(2))
    }

    @Test func aNewWorkerGetsOneRequestUntilItIsMeasured() throws {
        var mesh = TestMesh(2, slots: 8)
        for number in 1...2 { mesh.teach(number, ttft: 0.3) }
        var facts = mesh.facts
        facts.append(
            WorkerFacts(
                id: WorkerID(3), name: "w3", node: "n3", kind: .openai, slotsTold: 8,
                models: [ModelFacts(name: TestMesh.model, isResident: true, sizeBytes: 4_000_000_000)]))
        mesh.set(facts)
        var toNew = 0
        for _ in 0..<9 where try mesh.run().worker == WorkerID(3) { toNew += 1 }
        #expect(toNew <= 2)
    }

    @Test func aWorkerNotMeasuredForLongIsTriedAgain() throws {
        var settings = RouterSettings()
        settings.exploreShare = 0.2
        var mesh = TestMesh(2, settings: settings)
        mesh.teach(1, ttft: 0.2)
        mesh.teach(2, ttft: 0.3)
        mesh.pass(settings.exploreAfter * 4)
        mesh.teach(1, ttft: 0.2)
        var reasons: [Decision.Reason] = []
        for _ in 0..<20 {
            let run = try mesh.run()
            reasons.append(run.decision.reason)
            mesh.finish(run, ttft: run.worker == WorkerID(1) ? 0.2 : 0.3)
        }
        #expect(reasons.contains(.explore))
        #expect(reasons.count { $0 == .explore } <= 4)
    }

    @Test func aLongPromptIsNotUsedToExplore() throws {
        var settings = RouterSettings()
        settings.exploreShare = 1
        var mesh = TestMesh(2, settings: settings)
        mesh.teach(1, ttft: 0.2)
        mesh.pass(10_000)
        mesh.teach(1, ttft: 0.2)
        for _ in 0..<5 {
            let run = try mesh.run(settings.explorePromptTokens + 1)
            #expect(run.decision.reason != .explore)
            mesh.finish(run, ttft: 1)
        }
    }

    @Test func aWorkerNeverMeasuredIsTakenToBeAsFastAsWithItsOtherModels() throws {
        var slow = WorkerFacts(id: WorkerID(1), name: "slow", node: "n", kind: .ollama, slotsTold: 2)
        var fast = WorkerFacts(id: WorkerID(2), name: "fast", node: "n", kind: .ollama, slotsTold: 2)
        for model in ["llama", "other"] {
            slow.models.append(ModelFacts(name: model, isResident: true, sizeBytes: 4_000_000_000))
            fast.models.append(ModelFacts(name: model, isResident: true, sizeBytes: 4_000_000_000))
        }
        var mesh = TestMesh([slow, fast])
        mesh.teach(1, ttft: 2, generation: 5)
        mesh.teach(2, ttft: 0.1, generation: 0.2)
        mesh.set(mesh.facts)
        let other = mesh.router.register("other", candidates: TestMesh.candidates(mesh.facts, "other"), now: mesh.now)
        let run = try mesh.run { $0.model = other }
        #expect(run.worker == WorkerID(2))
        #expect(run.decision.predicted.firstToken < 0.5)
    }
}
