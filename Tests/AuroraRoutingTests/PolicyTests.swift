import AuroraModel
import Testing

@testable import AuroraRouting

@Suite struct PolicyTests {
    private func mesh(_ count: Int, slots: Int = 4, policy: PolicyName) -> TestMesh {
        var settings = RouterSettings()
        settings.policy = policy
        return TestMesh(count, slots: slots, settings: settings)
    }

    @Test func roundRobinTakesTurnsAndPassesOverTheFull() throws {
        var mesh = mesh(3, slots: 2, policy: .roundRobin)
        let turns = try (0..<6).map { _ in try mesh.run() }
        #expect(turns.map(\.worker.raw) == [1, 2, 3, 1, 2, 3])
        #expect(turns.allSatisfy { $0.decision.reason == .turn })
        mesh.finish(turns[1])
        #expect(try mesh.run().worker == WorkerID(2))
    }

    @Test func leastLoadedTakesTheOneWithTheFewestRequestsForItsSlots() throws {
        var mesh = mesh(2, policy: .leastLoaded)
        mesh.change(1) { $0.outsideLoad = 2 }
        let run = try mesh.run()
        #expect(run.worker == WorkerID(2))
        #expect(run.decision.reason == .leastBusy)
    }

    @Test func equalBeginningsGoToTheSameWorkerAndOthersElsewhere() throws {
        var mesh = mesh(8, policy: .prefix)
        var homes: Set<WorkerID> = []
        for prompt in 0..<40 {
            let runs = try (0..<2).map { _ in try mesh.run { $0.prefixes = [UInt64(prompt) &* 977 &+ 3] } }
            #expect(Set(runs.map(\.worker)).count == 1)
            for run in runs { mesh.finish(run) }
            homes.insert(runs[0].worker)
        }
        #expect(homes.count >= 5)
    }

    @Test func aPopularBeginningDoesNotOverloadItsWorker() throws {
        var mesh = mesh(4, slots: 8, policy: .prefix)
        var perWorker: [WorkerID: Int] = [:]
        for _ in 0..<16 { perWorker[try mesh.run { $0.prefixes = [42] }.worker, default: 0] += 1 }
        #expect(perWorker.count == 4)
        #expect(perWorker.values.allSatisfy { $0 <= 6 })
    }

    @Test func aWorkerThatJoinsMovesOnlyItsShareOfBeginnings() throws {
        func homes(_ mesh: inout TestMesh) throws -> [WorkerID] {
            var homes: [WorkerID] = []
            for prompt in 0..<200 {
                let run = try mesh.run { $0.prefixes = [UInt64(prompt) &* 0x9E37_79B9] }
                homes.append(run.worker)
                mesh.finish(run)
            }
            return homes
        }
        var mesh = mesh(5, policy: .prefix)
        let before = try homes(&mesh)
        mesh.set(TestMesh(6, slots: 4).facts)
        let after = try homes(&mesh)
        let moved = zip(before, after).filter { $0 != $1 }
        #expect(moved.allSatisfy { $0.1 == WorkerID(6) })
        #expect((10...80).contains(moved.count))
    }

    @Test func pinnedTakesTheFirstCandidateThatIsUp() throws {
        var mesh = mesh(3, policy: .pinned)
        #expect(try mesh.run().worker == WorkerID(1))
        mesh.change(1) { $0.isUp = false }
        let run = try mesh.run()
        #expect(run.worker == WorkerID(2))
        #expect(run.decision.reason == .pinned)
    }

    @Test func aPinnedRequestWaitsForItsWorkerAndNoOther() throws {
        var mesh = mesh(2, slots: 1, policy: .predicted)
        let first = try mesh.run { $0.pinned = WorkerID(2) }
        let ticket = try mesh.wait { $0.pinned = WorkerID(2) }
        #expect(mesh.router.dispatch(now: mesh.now).isEmpty)
        let started = mesh.finish(first)
        #expect(started.map(\.ticket.id) == [ticket.id])
        #expect(started.first?.run.worker == WorkerID(2))
        mesh.change(2) { $0.isUp = false }
        #expect(mesh.admit { $0.pinned = WorkerID(2) }.refusal == .noneUp)
    }

    @Test func thePolicyOfAModelAndOfARequestAreObeyed() throws {
        var settings = RouterSettings()
        settings.policyPerModel = [TestMesh.model: .roundRobin]
        var mesh = TestMesh(2, settings: settings)
        #expect(try mesh.run().decision.policy == .roundRobin)
        #expect(try mesh.run { $0.policy = .leastLoaded }.decision.policy == .leastLoaded)
    }

    @Test(arguments: PolicyName.allCases)
    func everyPolicyWaitsWhenAllIsFullAndRunsWhenASlotComesFree(policy: PolicyName) throws {
        var mesh = mesh(40, slots: 1, policy: policy)
        let runs = try (0..<(policy == .pinned ? 1 : 40)).map { _ in try mesh.run() }
        let ticket = try mesh.wait()
        #expect(mesh.router.dispatch(now: mesh.now).isEmpty)
        #expect(mesh.finish(runs[0]).map(\.ticket.id) == [ticket.id])
    }

    @Test(arguments: PolicyName.allCases)
    func noPolicyAsksAWorkerAgainThatFailedTheRequest(policy: PolicyName) throws {
        for count in [3, 40] {
            var mesh = mesh(count, policy: policy)
            let excluded = (1..<Int32(count)).map { WorkerID($0) }
            let run = try mesh.run { $0.excluded = excluded }
            #expect(run.worker == WorkerID(Int32(count)))
            #expect(mesh.admit { $0.excluded = excluded + [WorkerID(Int32(count))] }.refusal == .noneUp)
        }
    }
}
