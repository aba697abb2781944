import AuroraModel
import Foundation
import Testing

@testable import AuroraRouting

@Suite struct LearnedStateTests {
    private func taught() -> TestMesh {
        var mesh = TestMesh(3, slots: nil)
        mesh.teach(1, ttft: 1)
        mesh.teach(2, ttft: 0.1)
        mesh.teach(3, ttft: 0.5)
        return mesh
    }

    @Test func whatWasLearnedSurvivesARestart() throws {
        var before = taught()
        let data = try before.router.learned.encoded()
        var after = TestMesh(3, slots: nil, learned: LearnedState(reading: data))
        let (old, new) = (try before.run(), try after.run())
        #expect(new.worker == old.worker)
        #expect(abs(new.decision.predicted.firstToken - old.decision.predicted.firstToken) < 1e-9)
        #expect(after.router.learned.count == 3)
    }

    @Test func whatWasLearnedOfAWorkerThatLeavesIsThereWhenItComesBack() throws {
        var mesh = taught()
        let facts = mesh.facts
        mesh.set([facts[0]])
        #expect(mesh.router.learned.count == 3)
        mesh.set(facts)
        #expect(try mesh.run().worker == WorkerID(2))
    }

    @Test(arguments: ["", "null", "[]", "{", "{\"version\":99,\"pairs\":[],\"workers\":[]}", "{\"version\":\"x\"}", "\u{0}\u{1}"])
    func garbageIsIgnored(text: String) {
        #expect(LearnedState(reading: Data(text.utf8)) == LearnedState())
    }

    @Test func valuesThatNobodyCanHaveMeasuredAreLeftOut() throws {
        let text = String(decoding: try taught().router.learned.encoded(), as: UTF8.self)
        let spoilt = text.replacing("\"weight\":", with: "\"weight\":-")
        #expect(spoilt != text)
        var mesh = TestMesh(3, slots: nil, learned: LearnedState(reading: Data(spoilt.utf8)))
        #expect(mesh.router.learned.count == 0)
        #expect(try mesh.run().decision.predicted.firstToken.isFinite)
    }

    @Test func slotsOutOfRangeAreLeftOut() throws {
        var state = LearnedState()
        state.workers = [.init(name: "w1", slots: 0), .init(name: "w2", slots: .max), .init(name: "w3", slots: 7)]
        let mesh = TestMesh(3, slots: nil, learned: LearnedState(reading: try state.encoded()))
        #expect(mesh.router.snapshot().workers.map(\.slots.now) == [8, 8, 7])
    }

    @Test func whatIsKeptIsBounded() throws {
        var settings = RouterSettings()
        settings.learnedLimit = 20
        var mesh = TestMesh(1, settings: settings)
        for round in 0..<60 {
            let facts = WorkerFacts(
                id: WorkerID(Int32(round + 10)), name: "w\(round)", node: "n", kind: .ollama, slotsTold: 1,
                models: [ModelFacts(name: TestMesh.model, isResident: true)])
            mesh.set([facts])
            mesh.finish(try mesh.run())
        }
        #expect(mesh.router.learned.count == 20)
        #expect(mesh.router.learned.pairs.first?.worker == "w59")
        #expect(mesh.router.mesh.pairs.count < 5)
        #expect(mesh.router.mesh.workers.count < 5)
    }

    @Test func nonsenseFromAnEngineTeachesNothing() throws {
        var mesh = TestMesh(1)
        mesh.teach(1, ttft: 0.1, times: 10)
        for _ in 0..<10 {
            let run = try mesh.run()
            mesh.finish(run, ttft: 0.1) { measured in
                measured.promptTokens = -5
                measured.outputTokens = .max
                measured.promptSeconds = .nan
                measured.generationSeconds = -.infinity
                measured.loadSeconds = .infinity
                measured.cachedTokens = .min
            }
        }
        let predicted = try mesh.run().decision.predicted
        #expect(abs(predicted.firstToken - 0.1) < 0.03)
        #expect(predicted.load == 0)
    }
}
