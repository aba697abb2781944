import AuroraModel
import Testing

@testable import AuroraRouting

@Suite struct RouterTests {
    @Test func anUnknownModelIsRefused() {
        var mesh = TestMesh(1)
        #expect(mesh.admit { $0.model = ModelKey(99) }.refusal == .unknownModel)
        #expect(mesh.admit { $0.model = ModelKey(-1) }.refusal == .unknownModel)
    }

    @Test func aModelThatNobodyHasIsRefused() {
        var mesh = TestMesh(1)
        let key = mesh.router.register("ghost", candidates: [Candidate(worker: WorkerID(77), model: "ghost")], now: mesh.now)
        #expect(mesh.admit { $0.model = key }.refusal == .noneUp)
    }

    @Test func registeringAgainKeepsTheKeyAndWhoWaits() throws {
        var mesh = TestMesh(1)
        let run = try mesh.run()
        let ticket = try mesh.wait()
        let (old, facts) = (mesh.key, TestMesh(2).facts)
        mesh.set(facts)
        #expect(mesh.key == old)
        #expect(mesh.router.dispatch(now: mesh.now).map(\.ticket.id) == [ticket.id])
        mesh.finish(run)
    }

    @Test func theLeastUsedModelMakesRoomForANewOne() throws {
        var settings = RouterSettings()
        settings.modelLimit = 3
        var mesh = TestMesh(1, settings: settings)
        for number in 0..<5 {
            mesh.pass(1)
            _ = mesh.router.register("m\(number)", candidates: TestMesh.candidates(mesh.facts, TestMesh.model), now: mesh.now)
        }
        #expect(mesh.router.groupNamed.count == 3)
        #expect(mesh.admit().refusal == .unknownModel)
    }

    @Test func newsOfARunThatEndedAreIgnored() throws {
        var mesh = TestMesh(1)
        let run = try mesh.run()
        mesh.finish(run)
        let next = try mesh.run()
        mesh.router.firstToken(run.id, now: mesh.now)
        mesh.router.progress(run.id, now: mesh.now)
        mesh.router.ended(run.id, .failed(.connect), now: mesh.now)
        #expect(mesh.router.snapshot().running == 1)
        #expect(mesh.router.snapshot().workers[0].breaker == .closed)
        mesh.finish(next)
    }

    @Test func aWorkerThatVanishesTakesNothingWithIt() throws {
        var mesh = TestMesh(2)
        let runs = [try mesh.run(), try mesh.run()]
        mesh.set(TestMesh(1).facts)
        for run in runs { mesh.finish(run) }
        #expect(mesh.router.snapshot().running == 0)
        #expect(mesh.router.snapshot().workers.map(\.inFlight) == [0])
        _ = try mesh.run()
    }

    @Test func anotherWorkerInTheSamePlaceIsNotTakenForTheOldOne() throws {
        var mesh = TestMesh(1)
        let run = try mesh.run()
        var facts = TestMesh(1).facts
        facts[0].id = WorkerID(50)
        facts[0].name = "new"
        mesh.set([])
        mesh.set(facts)
        mesh.router.ended(run.id, .failed(.connect), now: mesh.now)
        #expect(mesh.router.snapshot().workers.map(\.inFlight) == [0])
        #expect(try mesh.run().worker == WorkerID(50))
    }

    @Test func oddFactsDoNoHarm() throws {
        var facts = TestMesh(1).facts
        facts[0].linkSeconds = .nan
        facts[0].outsideLoad = -3
        facts[0].slotsTold = 0
        facts[0].freeBytes = -1
        facts[0].models = [
            ModelFacts(name: TestMesh.model, isResident: false, sizeBytes: .min),
            ModelFacts(name: TestMesh.model, isResident: true, sizeBytes: .max),
        ]
        var mesh = TestMesh(facts + facts)
        let run = try mesh.run(.min) {
            $0.expectedTokens = -1; $0.priority = -4
        }
        #expect(run.decision.predicted.firstToken.isFinite)
        mesh.finish(run)
        mesh.finish(try mesh.run(.max) { $0.expectedTokens = .max })
    }

    @Test func answersInOnePieceTeachNoTimeToFirstToken() throws {
        var mesh = TestMesh(1)
        mesh.teach(1, ttft: 0.1, times: 10)
        for _ in 0..<10 {
            let run = try mesh.run { $0.streams = false }
            mesh.finish(run, ttft: 5, tokens: 50, generation: 0)
        }
        #expect(abs(try mesh.run().decision.predicted.firstToken - 0.1) < 0.03)
    }

    @Test func theSnapshotShowsWhatIsGoingOn() throws {
        var mesh = TestMesh(2)
        mesh.teach(1, prompt: 100, ttft: 0.2, tokens: 100, generation: 2)
        mesh.teach(1, prompt: 1000, ttft: 1.1, tokens: 100, generation: 2)
        _ = [try mesh.run(), try mesh.run()]
        _ = try mesh.wait()
        let snapshot = mesh.router.snapshot()
        #expect(snapshot.running == 2)
        #expect(snapshot.waiting == 1)
        #expect(snapshot.waitingPerModel == [TestMesh.model: 1])
        #expect(snapshot.workers.map(\.name) == ["w1", "w2"])
        let model = try #require(snapshot.workers.first?.models.first)
        #expect(model.samples == 12)
        #expect(abs(model.tokensPerSecond - 50) < 5)
        #expect(abs(model.promptTokensPerSecond - 1000) < 200)
        #expect(try #require(model.errorRatio) > 0)
    }
}
