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

    @Test func aWorkerWithTheModelInMemoryBeatsAFasterOneThatLoads() throws {
        var mesh = TestMesh(2)
        mesh.teach(1, ttft: 0.3)
        mesh.teach(2, ttft: 0.1)
        mesh.pass(10)
        mesh.change(2) { $0.models[0].isResident = false }
        let run = try mesh.run()
        #expect(run.worker == WorkerID(1))
    }
}
