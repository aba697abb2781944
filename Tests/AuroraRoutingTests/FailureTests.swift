import AuroraModel
import Testing

@testable import AuroraRouting

@Suite struct FailureTests {
    private func breaker(_ mesh: TestMesh, _ place: Int = 0) -> RouterSnapshot.Breaker { mesh.router.snapshot().workers[place].breaker }

    private func fail(_ mesh: inout TestMesh, _ failure: Ending.Failure, times: Int = 1) throws {
        for _ in 0..<times {
            let run = try mesh.run { $0.pinned = WorkerID(1) }
            mesh.router.ended(run.id, .failed(failure), now: mesh.now)
        }
    }

    @Test func aWorkerThatRefusesConnectionsIsOutUntilItsFactsSayOtherwise() throws {
        var mesh = TestMesh(2)
        try fail(&mesh, .connect)
        #expect(breaker(mesh) == .open)
        mesh.pass(0.1)
        mesh.change(1) { _ in }
        #expect(breaker(mesh) == .open)
        for _ in 0..<3 {
            let run = try mesh.run()
            #expect(run.worker == WorkerID(2))
            mesh.finish(run)
        }
        mesh.change(1) { $0.isUp = false }
        #expect(breaker(mesh) == .open)
        mesh.change(1) { $0.isUp = true }
        #expect(breaker(mesh) == .closed)
    }

    @Test(arguments: [Ending.Failure.broken, .silent, .status])
    func threeFailuresInARowTakeAWorkerOut(failure: Ending.Failure) throws {
        var mesh = TestMesh(2)
        try fail(&mesh, failure, times: 2)
        #expect(breaker(mesh) == .closed)
        try fail(&mesh, failure)
        #expect(breaker(mesh) == .open)
        #expect(try mesh.run().worker == WorkerID(2))
    }

    @Test func failuresFarApartDoNotAddUp() throws {
        var mesh = TestMesh(2)
        for _ in 0..<6 {
            try fail(&mesh, .broken)
            mesh.pass(20)
        }
        #expect(breaker(mesh) == .closed)
    }

    @Test func anAnswerInBetweenForgivesFailures() throws {
        var mesh = TestMesh(2)
        for _ in 0..<4 {
            try fail(&mesh, .broken, times: 2)
            mesh.teach(1, ttft: 0.1, times: 1)
        }
        #expect(breaker(mesh) == .closed)
    }

    @Test func aSoleWorkerIsTriedWithOneRequestAndSuccessBringsItBack() throws {
        var mesh = TestMesh(1, slots: 4)
        try fail(&mesh, .broken, times: 3)
        // The only worker there is: rather than refuse a request, it is tried before its pause is over.
        let trial = try mesh.run()
        #expect(breaker(mesh) == .halfOpen)
        let waiting = try mesh.wait()
        #expect(mesh.finish(trial).map(\.ticket.id) == [waiting.id])
        #expect(breaker(mesh) == .closed)
    }

    @Test func aTrialThatFailsMakesThePauseLonger() throws {
        var breaker = CircuitBreaker(settings: RouterSettings())
        let begin = Instant(nanoseconds: 0)
        for _ in 0..<3 { breaker.failed(.broken, settings: RouterSettings(), now: begin) }
        #expect(breaker.state == .open(until: begin.advanced(by: 1)))
        breaker.tick(now: begin.advanced(by: 1))
        breaker.failed(.silent, settings: RouterSettings(), now: begin.advanced(by: 1))
        #expect(breaker.state == .open(until: begin.advanced(by: 3)))
    }

    @Test func aClientThatGoesAwaySaysNothingOfTheWorker() throws {
        var mesh = TestMesh(1)
        for _ in 0..<20 {
            let run = try mesh.run()
            mesh.router.ended(run.id, .cancelled, now: mesh.now)
        }
        #expect(breaker(mesh) == .closed)
        #expect(mesh.router.snapshot().workers[0].inFlight == 0)
    }

    @Test func aRetrySaysThatItIsOne() throws {
        var mesh = TestMesh(3)
        let run = try mesh.run { $0.excluded = [WorkerID(1)] }
        #expect(run.decision.reason == .retry)
        #expect(run.worker != WorkerID(1))
    }

    @Test func aDrainedWorkerFinishesAndGetsNothingNew() throws {
        var mesh = TestMesh(1, slots: 4)
        let run = try mesh.run()
        mesh.change(1) { $0.takesWork = false }
        #expect(mesh.admit().refusal == .noneUp)
        mesh.finish(run)
        #expect(mesh.router.snapshot().workers[0].inFlight == 0)
        mesh.change(1) { $0.takesWork = true }
        _ = try mesh.run()
    }

    @Test func silenceIsAllowedForAsLongAsTheWorkersPaceSuggests() throws {
        let settings = RouterSettings()
        var mesh = TestMesh(1)
        let unknown = try mesh.run()
        #expect(
            mesh.router.silenceLimit(unknown.id)
                == SilenceLimit(first: settings.silenceFirst.upperBound, between: settings.silenceBetween.upperBound))
        mesh.router.ended(unknown.id, .cancelled, now: mesh.now)
        for _ in 0..<8 {
            let run = try mesh.run()
            mesh.pass(10)
            mesh.router.firstToken(run.id, now: mesh.now)
            for _ in 0..<5 { mesh.pass(2); mesh.router.progress(run.id, now: mesh.now) }
            mesh.router.ended(run.id, .finished(Measured(outputTokens: 50)), now: mesh.now)
        }
        let run = try mesh.run()
        let limit = mesh.router.silenceLimit(run.id)
        #expect((30...100).contains(limit.first))
        #expect((15...40).contains(limit.between))
    }

    @Test func aFastWorkerIsStillAllowedTheShortestSilence() throws {
        var mesh = TestMesh(1)
        mesh.teach(1, ttft: 0.01, times: 10)
        let run = try mesh.run()
        #expect(mesh.router.silenceLimit(run.id).first == RouterSettings().silenceFirst.lowerBound)
    }

    @Test func whatMayBeSilentForLongIsJudgedByTheSettingsAlone() throws {
        let longest = RouterSettings().silenceFirst.upperBound
        var mesh = TestMesh(1, slots: 4)
        mesh.teach(1, ttft: 0.01, times: 10)
        let whole = try mesh.run { $0.streams = false }
        #expect(mesh.router.silenceLimit(whole.id).first == longest)
        let bounded = try mesh.run {
            $0.streams = false
            $0.expectedTokens = 20
        }
        #expect(mesh.router.silenceLimit(bounded.id).first < longest)
        let withTools = try mesh.run { $0.isPaced = false }
        #expect(mesh.router.silenceLimit(withTools.id).first == longest)
    }
}
