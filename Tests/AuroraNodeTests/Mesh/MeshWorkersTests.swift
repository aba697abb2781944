import AuroraAPI
import AuroraConfig
import AuroraModel
import AuroraRouting
import Testing

@testable import AuroraInference
@testable import AuroraNode

@Suite("Workers and models of the mesh")
struct MeshWorkersTests {
    private func model(_ name: String, loaded: Bool) -> WorkerStatus.Model { .init(name: name, loaded: loaded, sizeBytes: 5) }

    private func status(_ name: String, state: String = "up", models: [WorkerStatus.Model] = []) -> WorkerStatus {
        WorkerStatus(
            spec: EngineSpec(name: name, kind: .ollama, url: "http://h", source: .manifest, parallel: 3), state: state, reason: nil,
            age: .seconds(1), version: nil, models: models, inFlight: 1, requests: 2, failures: 0, tokensPerSecond: nil)
    }

    /// What a real router says of a worker with these facts.
    private func routed(_ facts: WorkerFacts) throws -> RouterSnapshot.Worker {
        var router = Router()
        router.update([facts], now: Instant(nanoseconds: 1))
        return try #require(router.snapshot().workers.first)
    }

    @Test func tellsWhatTheRouterKnows() throws {
        let facts = WorkerFacts(
            id: WorkerID(1), name: "a", node: "me", kind: .ollama, slotsTold: 4, outsideLoad: 2,
            models: [ModelFacts(name: "m", isResident: true)])
        let worker = MeshWorkers.worker(status("a", models: [model("m", loaded: true)]), node: "me", routed: try routed(facts), isDrained: false)
        #expect(worker.slots == .init(now: 4, source: "told"))
        #expect(worker.outside == 2)
        #expect(worker.breaker == "closed")
        #expect(worker.takesWork)
        let shown = try #require(worker.models.first)
        #expect(shown.samples == 0)
        #expect(shown.errorRatio == nil)
        #expect(shown.tokensPerSecond > 0)
        #expect(shown.sizeBytes == 5)
    }

    @Test func takesNoWorkWhileDownOrDrained() {
        #expect(!MeshWorkers.worker(status("a", state: "down"), node: "me", routed: nil, isDrained: false).takesWork)
        #expect(!MeshWorkers.worker(status("a"), node: "me", routed: nil, isDrained: true).takesWork)
        #expect(MeshWorkers.worker(status("a"), node: "me", routed: nil, isDrained: false).takesWork)
    }

    @Test func modelsStandOnceWithAllTheirPlacesLoadedOnesFirst() {
        let workers = [
            MeshWorkers.worker(status("a", models: [model("m", loaded: false), model("b", loaded: true)]), node: "x", routed: nil, isDrained: false),
            MeshWorkers.worker(status("c", models: [model("m", loaded: true)]), node: "y", routed: nil, isDrained: false),
            MeshWorkers.worker(status("dead", state: "down", models: [model("m", loaded: true)]), node: "z", routed: nil, isDrained: false),
        ]
        let models = MeshWorkers.models(of: workers, aliases: [ModelAlias(name: "fast", model: "m")], waiting: ["m": 7])
        #expect(models.map(\.name) == ["b", "m"])
        #expect(models[1].aliases == ["fast"])
        #expect(models[1].waiting == 7)
        #expect(models[1].places.map(\.worker) == ["c", "a"])
        #expect(models[1].places.map(\.model.loaded) == [true, false])
    }

    @Test(arguments: [(Double.nan, 0.0), (.infinity, 0), (-1, 0), (1e300, 1e9), (0.123_456_789, 0.123_457)])
    func numbersAreSuchThatJSONCanCarryThem(value: Double, plain: Double) {
        #expect(Plain.number(value) == plain)
    }
}

@Suite("The reason for a worker")
struct MeshWhyTests {
    private func sentence(_ reason: Decision.Reason, next: String? = "b", load: Double = 6.14) -> String {
        MeshWhy(
            reason: reason, worker: "a", predicted: Prediction(prompt: 0.2504), next: next, nextPredicted: Prediction(load: load),
            failed: ["x", "y"]
        ).sentence
    }

    @Test func isASentenceWithTheNumbersThatDecided() {
        #expect(sentence(.fastest) == "the first token is expected soonest from 'a', in 250 ms; from 'b' in 6.1 s")
        #expect(sentence(.fastest, next: nil) == "the first token is expected soonest from 'a', in 250 ms")
        #expect(sentence(.resident) == "'a' has the model in memory; 'b' would load it first, about 6.1 s")
        #expect(sentence(.resident, load: 0) == "'a' has the model in memory")
        #expect(sentence(.retry) == "after 'x', 'y' failed, 'a' was the next best")
    }

    @Test(arguments: Decision.Reason.allCases) func existsForEveryReason(reason: Decision.Reason) {
        #expect(sentence(reason).contains("'a'"))
    }
}
