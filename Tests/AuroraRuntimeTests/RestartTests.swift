import AuroraModel
import AuroraSystem
import Testing

@testable import AuroraRuntime

@Suite("When a service ends")
struct RestartTests {
    @Test func comesBackLaterAndLaterAndThenCountsAsACrashLoop() {
        var bench = FleetBench(plan("web"))
        var pauses: [Double] = []
        for pause in [1.0, 2, 4, 8] {
            _ = bench.started("web")
            let told = bench.ended("web", .exited(3), words: "no database").told
            #expect(told == [.failed(.exited(3), lastWords: "no database", again: .seconds(Int64(pause)))])
            #expect(bench.state("web") == "backing-off")
            #expect(bench.pass(pause - 0.001).launched.isEmpty)
            #expect(bench.pass(0.001).launched == ["web"])
            pauses.append(pause)
        }
        _ = bench.started("web")
        #expect(bench.ended("web", .signalled(11)).told == [.crashLoop(.signalled(11), lastWords: nil, failures: 5)])
        #expect(bench.state("web") == "crash-loop")
        #expect(bench.detail("web") == "failed 5 times in a row, last it was ended by signal 11; is tried again in 300 s")
        #expect(bench.pass(299).launched.isEmpty)
        #expect(bench.pass(1).launched == ["web"])
        #expect(bench.fleet.services["web"]?.restarts == 5)
    }

    @Test func aMinuteUpMakesThePastForgotten() {
        var bench = FleetBench(plan("web"))
        for _ in 1...4 {
            _ = bench.started("web")
            _ = bench.ended("web", .exited(1))
            _ = bench.pass(30)
        }
        _ = bench.started("web")
        _ = bench.pass(60)
        #expect(bench.ended("web", .exited(1)).told == [.failed(.exited(1), lastWords: nil, again: .seconds(1))])
    }

    @Test func endingWellIsNeverACrashLoop() {
        var bench = FleetBench(plan("loop", restart: .unlessStopped))
        for _ in 1...20 {
            _ = bench.started("loop")
            #expect(bench.ended("loop").told.isEmpty)
            #expect(bench.state("loop") == "backing-off")
            #expect(bench.pass(30).launched == ["loop"])
        }
    }

    @Test(arguments: [(ServiceEnding.exited(0), "completed"), (.exited(1), "failed"), (.signalled(9), "failed"), (.untold, "failed")])
    func policyNoLeavesItAsItEnded(_ ending: ServiceEnding, _ state: String) {
        var bench = FleetBench(plan("once", restart: .no))
        _ = bench.started("once")
        _ = bench.ended("once", ending)
        #expect(bench.state("once") == state)
        #expect(bench.pass(100_000).isEmpty)
    }

    @Test func onFailureComesBackAfterFailuresOnlyAndSoOftenOnly() {
        var bench = FleetBench(plan("job", restart: .onFailure(limit: 2)))
        for _ in 1...2 {
            _ = bench.started("job")
            _ = bench.ended("job", .exited(1))
            #expect(bench.pass(30).launched == ["job"])
        }
        _ = bench.started("job")
        #expect(bench.ended("job", .exited(1)).told == [.failed(.exited(1), lastWords: nil, again: nil)])
        #expect(bench.state("job") == "failed")

        var other = FleetBench(plan("job", restart: .onFailure(limit: nil)))
        _ = other.started("job")
        _ = other.ended("job")
        #expect(other.state("job") == "completed")
    }

    @Test func oneThatCannotEvenStartIsTriedAgainByItsPolicy() {
        let error = AuroraError(.notFound, "there is no program 'x'", hint: "install it")
        var bench = FleetBench(plan("a"), plan("b", restart: .no))
        _ = bench.ended("a", .notStarted(error))
        _ = bench.ended("b", .notStarted(error))
        #expect(bench.detail("a") == "could not be started: there is no program 'x' (install it); starts again in 1 s")
        #expect(bench.detail("b") == "could not be started: there is no program 'x' (install it); is not started again")
        #expect(bench.pass(1).launched == ["a"])
    }

    @Test func newsOfAnEarlierProcessChangeNothing() {
        var bench = FleetBench(plan("web"))
        let old = bench.run("web")
        _ = bench.started("web", pid: 1)
        _ = bench.ended("web", .exited(1))
        _ = bench.pass(1)
        _ = bench.started("web", pid: 2)
        #expect(bench.handle(.ended("web", run: old, .exited(1), lastWords: nil)).isEmpty)
        #expect(bench.handle(.probed("web", run: old, failure: "x")).isEmpty)
        #expect(bench.handle(.ended("nobody", run: 1, .exited(1), lastWords: nil)).isEmpty)
        #expect(bench.state("web") == "running")
    }
}
