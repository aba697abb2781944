import AuroraModel
import Testing

@testable import AuroraRouting

@Suite struct ResidencyTests {
    private let gigabyte: Int64 = 1_000_000_000

    private func worker(_ id: Int32, resident: String, free: Int64?) -> WorkerFacts {
        WorkerFacts(
            id: WorkerID(id), name: "w\(id)", node: "n\(id)", kind: .ollama, slotsTold: 2, freeBytes: free,
            models: ["llama", "other"].map { ModelFacts(name: $0, isResident: $0 == resident, sizeBytes: 4 * gigabyte) })
    }

    @Test func aModelIsLoadedWhereNothingHasToLeave() throws {
        var mesh = TestMesh([worker(1, resident: "other", free: 1 * gigabyte), worker(2, resident: "other", free: 8 * gigabyte)])
        let other = mesh.router.register("other", candidates: TestMesh.candidates(mesh.facts, "other"), now: mesh.now)
        for _ in 0..<4 {
            mesh.finish(
                try mesh.run {
                    $0.model = other; $0.pinned = WorkerID(1)
                })
        }
        let run = try mesh.run()
        #expect(run.worker == WorkerID(2))
        #expect(run.decision.predicted.load > 0)
    }

    @Test func theNextRequestFollowsALoadThatIsUnderWay() throws {
        var mesh = TestMesh([worker(1, resident: "", free: 8 * gigabyte), worker(2, resident: "", free: 8 * gigabyte)])
        let first = try mesh.run()
        mesh.pass(1)
        let second = try mesh.run()
        #expect(second.worker == first.worker)
        #expect(second.decision.predicted.load < first.decision.predicted.load)
    }

    @Test func loadTimeIsLearned() throws {
        var mesh = TestMesh([worker(1, resident: "", free: 8 * gigabyte)])
        for _ in 0..<6 {
            mesh.pass(10)
            mesh.change(1) { $0.models[0].isResident = false }
            let run = try mesh.run()
            mesh.finish(run, ttft: 20.1) {
                $0.loadSeconds = 20; $0.promptSeconds = 0.1
            }
        }
        mesh.pass(10)
        mesh.change(1) { $0.models[0].isResident = false }
        #expect(abs(try mesh.run().decision.predicted.load - 20) < 2)
    }

    @Test func afterTheFirstTokenTheModelIsInMemoryBeforeAnyFactsSaySo() throws {
        var mesh = TestMesh([worker(1, resident: "", free: 8 * gigabyte)])
        let run = try mesh.run()
        mesh.finish(run, ttft: 3)
        #expect(try mesh.run().decision.predicted.load == 0)
    }

    @Test func factsOlderThanWhatWasSeenDoNotCount() throws {
        var mesh = TestMesh([worker(1, resident: "", free: 8 * gigabyte)])
        mesh.finish(try mesh.run(), ttft: 3)
        mesh.change(1) { $0.models[0].isResident = false }
        var soon = mesh
        #expect(try soon.run().decision.predicted.load == 0)
        mesh.pass(3)
        mesh.change(1) { $0.models[0].isResident = false }
        #expect(try mesh.run().decision.predicted.load > 0)
    }

    @Test func waitingForABusyWorkerBeatsThrowingOutAModelInUse() throws {
        var mesh = TestMesh([worker(1, resident: "llama", free: 0), worker(2, resident: "other", free: 0)])
        let other = mesh.router.register("other", candidates: TestMesh.candidates(mesh.facts, "other"), now: mesh.now)
        for _ in 0..<6 {
            mesh.finish(try mesh.run(), ttft: 0.1, tokens: 50, generation: 0.3)
            mesh.finish(try mesh.run { $0.model = other }, ttft: 0.1, tokens: 50, generation: 0.3)
        }
        _ = try mesh.run()
        _ = try mesh.run()
        _ = try mesh.wait()
    }

    @Test func aModelNobodyUsesMakesRoom() throws {
        var mesh = TestMesh([worker(1, resident: "other", free: 0)])
        let run = try mesh.run()
        #expect(run.worker == WorkerID(1))
        #expect(run.decision.predicted.load > 0)
        #expect(mesh.router.snapshot().workers[0].models.first { $0.name == "other" }?.isResident == false)
    }

    @Test func howManyModelsFitIsLearnedFromOneThatLeft() throws {
        var mesh = TestMesh([worker(1, resident: "other", free: nil)])
        mesh.finish(try mesh.run(), ttft: 3)
        mesh.pass(2)
        mesh.change(1) { facts in
            facts.models[0].isResident = true
            facts.models[1].isResident = false
        }
        #expect(mesh.router.mesh.workers[0].residentLimit == 1)
    }
}
