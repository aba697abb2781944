import AuroraModel
import Testing

@testable import AuroraRouting

@Suite struct LineTests {
    /// One worker with one slot that is taken.
    private func busy(_ settings: RouterSettings = RouterSettings()) throws -> (mesh: TestMesh, run: Run) {
        var mesh = TestMesh(1, settings: settings)
        mesh.teach(1, ttft: 0.1)
        let run = try mesh.run()
        return (mesh, run)
    }

    /// Lets everything in the line run, one after the other, and says in which order.
    private func drain(_ mesh: inout TestMesh, after run: Run, names: [TicketID: String]) -> [String] {
        var order: [String] = []
        var next: Run? = run
        while let run = next {
            let started = mesh.finish(run)
            next = started.first?.run
            order += started.compactMap { names[$0.ticket.id] }
        }
        return order
    }

    @Test func requestsRunInTheOrderInWhichTheyCame() throws {
        var (mesh, run) = try busy()
        var names: [TicketID: String] = [:]
        for name in ["a", "b", "c"] { names[try mesh.wait().id] = name }
        #expect(drain(&mesh, after: run, names: names) == ["a", "b", "c"])
    }

    @Test func higherPriorityRunsFirst() throws {
        var (mesh, run) = try busy()
        var names: [TicketID: String] = [:]
        for (name, priority) in [("low", 0), ("usual", 5), ("high", 10), ("odd", 99)] {
            names[try mesh.wait { $0.priority = priority }.id] = name
        }
        #expect(drain(&mesh, after: run, names: names) == ["high", "odd", "usual", "low"])
    }

    @Test func waitingIsWorthPrioritySoThatNobodyStarves() throws {
        var settings = RouterSettings()
        settings.waitLimit = 1000
        var (mesh, run) = try busy(settings)
        let low = try mesh.wait {
            $0.priority = 0; $0.client = 1
        }
        var current = run
        var served = 0
        for number in 0..<200 {
            _ = try mesh.wait {
                $0.priority = 10; $0.client = 100 + number
            }
            let started = mesh.finish(current)
            let next = try #require(started.first)
            if next.ticket.id == low.id { break }
            served += 1
            current = next.run
        }
        #expect(served > 10)
        #expect(served < 120)
    }

    @Test func aClientWithManyRequestsDoesNotHoldUpOneWithFew() throws {
        var (mesh, run) = try busy()
        var names: [TicketID: String] = [:]
        for _ in 0..<20 { names[try mesh.wait { $0.client = 1 }.id] = "many" }
        for _ in 0..<3 { names[try mesh.wait { $0.client = 2 }.id] = "few" }
        let order = drain(&mesh, after: run, names: names)
        #expect(order.count == 23)
        #expect(order.prefix(7).count { $0 == "few" } == 3)
    }

    @Test func fairnessIsBySecondsOfWorkAndNotByRequests() throws {
        var (mesh, run) = try busy()
        for prompt in [100, 2000, 400] {
            mesh.router.ended(run.id, .cancelled, now: mesh.now); mesh.teach(1, prompt: prompt, ttft: Double(prompt) * 0.001)
        }
        run = try mesh.run()
        var names: [TicketID: String] = [:]
        for _ in 0..<12 {
            names[
                try mesh.wait(8000) {
                    $0.client = 1; $0.expectedTokens = 10
                }.id] = "long"
        }
        for _ in 0..<40 {
            names[
                try mesh.wait(100) {
                    $0.client = 2; $0.expectedTokens = 10
                }.id] = "short"
        }
        let order = drain(&mesh, after: run, names: names)
        #expect(order.prefix(20).count { $0 == "short" } > 12)
        #expect(order.prefix(20).contains("long"))
    }

    @Test func aFullLineRefusesAndSaysWhenToComeBack() throws {
        var settings = RouterSettings()
        settings.lineLimit = 10
        settings.clientShare = 1
        var (mesh, _) = try busy(settings)
        for _ in 0..<10 { _ = try mesh.wait() }
        guard case .full(let seconds) = mesh.admit().refusal else {
            Issue.record("not refused")
            return
        }
        #expect((1...120).contains(seconds))
    }

    @Test func oneClientCannotFillTheLine() throws {
        var settings = RouterSettings()
        settings.lineLimit = 10
        var (mesh, _) = try busy(settings)
        for _ in 0..<5 { _ = try mesh.wait { $0.client = 1 } }
        #expect(mesh.admit { $0.client = 1 }.refusal != nil)
        _ = try mesh.wait { $0.client = 2 }
    }

    @Test func aRequestThatWaitsTooLongIsRefused() throws {
        var (mesh, run) = try busy()
        let deadline = mesh.now.advanced(by: 3)
        let ticket = try mesh.wait { $0.deadline = deadline }
        #expect(ticket.deadline == deadline)
        mesh.pass(2.9)
        #expect(mesh.router.expire(now: mesh.now).isEmpty)
        mesh.pass(0.2)
        let refused = mesh.router.expire(now: mesh.now)
        #expect(refused.map(\.ticket) == [ticket.id])
        #expect(refused.map(\.refusal) == [.deadline])
        #expect(mesh.finish(run).isEmpty)
        #expect(mesh.admit { $0.deadline = deadline }.refusal == .deadline)
    }

    @Test func everyWaitHasALimit() throws {
        var (mesh, _) = try busy()
        let ticket = try mesh.wait()
        #expect(ticket.deadline == mesh.now.advanced(by: RouterSettings().waitLimit))
    }

    @Test func whoLeavesTheLineIsNotServed() throws {
        var (mesh, run) = try busy()
        let gone = try mesh.wait()
        let stays = try mesh.wait()
        mesh.router.leave(gone.id)
        mesh.router.leave(gone.id)
        #expect(mesh.finish(run).map(\.ticket.id) == [stays.id])
        #expect(mesh.router.snapshot().workers[0].waiting == 0)
    }

    @Test func theLineIsRefusedWhenTheLastWorkerGoesDown() throws {
        var (mesh, _) = try busy()
        let ticket = try mesh.wait()
        mesh.change(1) { $0.isUp = false }
        let refused = mesh.router.expire(now: mesh.now)
        #expect(refused.map(\.ticket) == [ticket.id])
        #expect(refused.map(\.refusal) == [.noneUp])
    }

    @Test func aRequestWaitsForAFastWorkerRatherThanRunOnASlowOne() throws {
        var mesh = TestMesh(2)
        mesh.teach(1, ttft: 0.1, tokens: 50, generation: 0.2)
        mesh.teach(2, ttft: 8, tokens: 50, generation: 9)
        let run = try mesh.run()
        #expect(run.worker == WorkerID(1))
        let ticket = try mesh.wait()
        #expect(ticket.waitSeconds < 1)
        #expect(mesh.finish(run).map(\.run.worker) == [WorkerID(1)])
    }

    @Test func aLongLineForTheFastWorkerSpillsOverToTheSlowOne() throws {
        var mesh = TestMesh(2)
        mesh.teach(1, ttft: 0.5, tokens: 50, generation: 1)
        mesh.teach(2, ttft: 4, tokens: 50, generation: 4)
        var workers: [WorkerID] = []
        for _ in 0..<8 { if let run = mesh.admit().run { workers.append(run.worker) } }
        #expect(workers == [WorkerID(1), WorkerID(2)])
    }

    @Test func aRequestIsNotHeldUpByOthersThatWaitForAnotherModel() throws {
        let facts = [("llama", 1), ("other", 2)].map { name, id in
            WorkerFacts(
                id: WorkerID(Int32(id)), name: "w\(id)", node: "n", kind: .ollama, slotsTold: 1,
                models: [ModelFacts(name: name, isResident: true)])
        }
        var mesh = TestMesh(facts)
        let other = mesh.router.register("other", candidates: TestMesh.candidates(facts, "other"), now: mesh.now)
        _ = try mesh.run()
        for _ in 0..<20 { _ = try mesh.wait() }
        #expect(try mesh.run { $0.model = other }.worker == WorkerID(2))
    }

    @Test func aRetryGoesToTheFrontOfItsPriority() throws {
        var mesh = TestMesh(2)
        let runs = [try mesh.run(), try mesh.run()]
        var names = [try mesh.wait().id: "first", try mesh.wait().id: "second"]
        mesh.router.ended(runs[0].id, .failed(.connect), now: mesh.now)
        #expect(mesh.router.dispatch(now: mesh.now).isEmpty)
        names[try mesh.wait { $0.excluded = [runs[0].worker] }.id] = "retry"
        #expect(drain(&mesh, after: runs[1], names: names) == ["retry", "first", "second"])
    }
}
