import AuroraModel
import Testing

@testable import AuroraRouting

@Suite struct SlotTests {
    private func slots(_ mesh: TestMesh, _ place: Int = 0) -> RouterSnapshot.Slots { mesh.router.snapshot().workers[place].slots }

    @Test func slotsAreThoseSetElseToldElseUsual() {
        var mesh = TestMesh(2, slots: nil)
        mesh.change(2) { $0.kind = .ollama }
        #expect(slots(mesh).now == RouterSettings().slotsOpenAI)
        mesh.change(1) { $0.slotsTold = 3 }
        #expect(slots(mesh).now == 3)
        mesh.change(1) { $0.slotsSet = 2 }
        #expect(slots(mesh) == .init(now: 2, set: 2, told: 3, learned: RouterSettings().slotsOpenAI))
        mesh.change(1) { $0.slotsSet = -5 }
        #expect(slots(mesh).now == 1)
    }

    @Test func neverMoreThanTheSlotsAreSent() throws {
        var mesh = TestMesh(1, slots: 3)
        for _ in 0..<3 { _ = try mesh.run() }
        for _ in 0..<5 { _ = try mesh.wait() }
        #expect(mesh.router.snapshot().workers[0].inFlight == 3)
    }

    @Test func requestsOfOthersTakeSlots() throws {
        var mesh = TestMesh(1, slots: 3)
        mesh.change(1) { $0.outsideLoad = 2 }
        _ = try mesh.run()
        _ = try mesh.wait()
    }

    @Test func firstTokensWhileOthersAnswerProveMoreSlots() throws {
        var mesh = TestMesh([ollama()])
        mesh.teach(1, ttft: 0.2)
        var runs: [Run] = []
        for step in 0..<12 {
            mesh.pass(30)
            guard let run = mesh.admit().run else { break }
            mesh.pass(0.2)
            mesh.router.firstToken(run.id, now: mesh.now)
            runs.append(run)
            #expect(mesh.router.snapshot().workers[0].inFlight == step + 1)
        }
        #expect(slots(mesh).learned > RouterSettings().slotsOllama)
        #expect(slots(mesh).learned <= runs.count)
    }

    @Test func firstTokensThatWaitForEndsShowTheLimit() throws {
        var mesh = TestMesh([ollama()])
        mesh.teach(1, ttft: 0.2, tokens: 50, generation: 2)
        // The engine works on one at a time, whatever it is sent.
        for _ in 0..<4 {
            var runs: [Run] = []
            while runs.count < 4, let run = mesh.admit().run { runs.append(run) }
            for run in runs { mesh.finish(run, ttft: 0.2, tokens: 50, generation: 2) }
        }
        #expect(slots(mesh).learned == 1)
    }

    @Test func learnedSlotsStayWithinTheirBounds() {
        var learner = SlotLearner(slots: 1000, limit: 256)
        #expect(learner.slots == 256)
        learner.proved(others: 100_000, now: .origin)
        #expect(learner.slots == 256)
        for _ in 0..<50 { learner.queued(others: 0, now: .origin) }
        #expect(learner.slots == 1)
    }

    private func ollama() -> WorkerFacts {
        WorkerFacts(
            id: WorkerID(1), name: "ollama", node: "n", kind: .ollama,
            models: [ModelFacts(name: TestMesh.model, isResident: true, sizeBytes: 4_000_000_000)])
    }
}
