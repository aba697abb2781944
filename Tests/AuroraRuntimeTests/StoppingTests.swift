import AuroraModel
import AuroraSystem
import Testing

@testable import AuroraRuntime

@Suite("Stopping and changing services")
struct StoppingTests {
    @Test func asksWaitsAndKills() {
        var bench = FleetBench(plan("web", grace: 5))
        _ = bench.started("web")
        #expect(bench.handle(.stop("web")) == [.signal("web", "SIGTERM")])
        #expect(bench.pass(4.9).isEmpty)
        #expect(bench.pass(0.1) == [.kill("web"), .tell("web", .killed)])
        #expect(bench.pass(10).killed == ["web"], "again, when it does not end")
        #expect(bench.ended("web", .signalled(9)).told.isEmpty)
        #expect(bench.state("web") == "stopped")
        #expect(bench.pass(100_000).isEmpty)
    }

    @Test func oneThatIsJustBeingStartedIsStoppedAsSoonAsItIsThere() {
        var bench = FleetBench(plan("web"))
        #expect(bench.handle(.stop("web")).isEmpty)
        #expect(bench.started("web").signalled == ["web"])
    }

    @Test func oneThatBacksOffIsNotTriedAgain() {
        var bench = FleetBench(plan("web"))
        _ = bench.started("web")
        _ = bench.ended("web", .exited(1))
        _ = bench.handle(.stop("web"))
        #expect(bench.state("web") == "stopped")
        #expect(bench.pass(1000).isEmpty)
        #expect(bench.handle(.start("web")).launched == ["web"])
    }

    @Test func restartEndsItAndStartsItOnce() {
        var bench = FleetBench(plan("web", restart: .no))
        _ = bench.started("web")
        #expect(bench.handle(.restart("web")).signalled == ["web"])
        #expect(bench.ended("web", .signalled(15)).launched == ["web"])
        #expect(bench.started("web").isEmpty)
        #expect(bench.fleet.services["web"]?.restarts == 0, "what was asked for is no failure")
    }

    @Test func startWhileItEndsStartsItAfterwards() {
        var bench = FleetBench(plan("web"))
        _ = bench.started("web")
        _ = bench.handle(.stop("web"))
        #expect(bench.handle(.start("web")).isEmpty)
        #expect(bench.ended("web", .exited(0)).launched == ["web"])
    }

    @Test func startTriesACrashLoopAtOnceAndForgetsIt() {
        var bench = FleetBench(plan("web"))
        for _ in 1...5 {
            _ = bench.started("web")
            _ = bench.ended("web", .exited(1))
            _ = bench.pass(30)
        }
        #expect(bench.state("web") == "crash-loop")
        #expect(bench.handle(.start("web")).launched == ["web"])
        _ = bench.started("web")
        #expect(bench.ended("web", .exited(1)).told == [.failed(.exited(1), lastWords: nil, again: .seconds(1))])
    }

    @Test func whatWasStoppedStaysSoUnlessAlways() {
        let names: [(String, RestartPolicy)] = [("a", .always), ("b", .unlessStopped), ("c", .no), ("d", .onFailure(limit: nil))]
        var bench = FleetBench()
        let plans = names.map { plan($0.0, restart: $0.1) }
        #expect(bench.handle(.plans(plans, found: [], resting: ["a", "b", "c", "d"])).launched == ["a"])
    }

    @Test func nothingStartsWhileTheNodeStops() {
        var bench = FleetBench(plan("web"), plan("late", needs: [.init("web")]))
        _ = bench.handle(.shutdown)
        #expect(bench.started("web").signalled == ["web"])
        _ = bench.ended("web")
        #expect(bench.handle(.start("web")).isEmpty)
        #expect(bench.handle(.plans([plan("new")], found: [], resting: [])).launched.isEmpty)
        #expect(bench.fleet.isQuiet)
    }
}

@Suite("New plans")
struct ReloadTests {
    @Test func startWhatIsNewEndWhatIsGoneAndLeaveTheRest() {
        var bench = FleetBench(plan("a"), plan("b"))
        _ = bench.started("a")
        _ = bench.started("b")
        let actions = bench.handle(.plans([plan("b"), plan("c")], found: [], resting: []))
        #expect(actions.signalled == ["a"])
        #expect(actions.launched == ["c"])
        _ = bench.ended("a", .signalled(15))
        #expect(bench.state("a") == nil)
        #expect(bench.state("b") == "running")
    }

    @Test func aChangedCommandRestartsAndAChangedPolicyDoesNot() {
        var bench = FleetBench(plan("web"))
        _ = bench.started("web")
        #expect(bench.handle(.plans([plan("web", restart: .no, check: check(), grace: 1)], found: [], resting: [])).signalled.isEmpty)
        #expect(bench.fleet.services["web"]?.plan.restart == .no)
        let other = plan("web", script: "exec sleep 2000")
        #expect(bench.handle(.plans([other], found: [], resting: [])).signalled == ["web"])
        #expect(bench.ended("web", .signalled(15)) == [.launch(other, run: bench.run("web"))])
    }

    @Test func theLastOfSeveralChangesCounts() {
        var bench = FleetBench(plan("web"))
        _ = bench.started("web")
        for seconds in 1...3 { _ = bench.handle(.plans([plan("web", script: "exec sleep \(seconds)")], found: [], resting: [])) }
        #expect(bench.ended("web", .signalled(15)) == [.launch(plan("web", script: "exec sleep 3"), run: bench.run("web"))])
    }

    @Test func oneThatComesBackWhileItEndsIsStartedAgain() {
        var bench = FleetBench(plan("web"))
        _ = bench.started("web")
        #expect(bench.handle(.plans([], found: [], resting: [])).signalled == ["web"])
        _ = bench.handle(.plans([plan("web")], found: [], resting: []))
        #expect(bench.ended("web", .signalled(15)).launched == ["web"])
    }

    @Test func aFailedServiceIsTriedAgainWhenItsCommandChanges() {
        var bench = FleetBench(plan("web", restart: .no))
        _ = bench.started("web")
        _ = bench.ended("web", .exited(1))
        #expect(bench.handle(.plans([plan("web", restart: .no)], found: [], resting: [])).launched.isEmpty)
        #expect(bench.handle(.plans([plan("web", restart: .no, script: "true")], found: [], resting: [])).launched == ["web"])
    }
}

@Suite("After the node was killed")
struct TakeOverTests {
    @Test func whatStillRunsAsPlannedIsTakenOver() {
        let web = plan("web", check: check())
        var bench = FleetBench(web, found: [record(web, pid: 77)])
        #expect(bench.first.watched == ["web"])
        #expect(bench.first.launched.isEmpty)
        #expect(bench.first.told == [.takenOver(pid: 77)])
        #expect(bench.fleet.services["web"]?.pid == 77)
        #expect(bench.ended("web", .untold).told == [.failed(.untold, lastWords: nil, again: .seconds(1))])
    }

    @Test func whatRunsByAnotherPlanIsEndedAndStartedAnew() {
        let web = plan("web")
        var bench = FleetBench(web, found: [record(web, digest: "other")])
        #expect(bench.first.watched == ["web"])
        #expect(bench.first.signalled == ["web"])
        #expect(bench.ended("web", .untold).launched == ["web"])
    }

    @Test func whatIsInNoPlanIsEnded() {
        var bench = FleetBench(found: [record(plan("old", grace: 3))])
        #expect(bench.first.signalled == ["old"])
        #expect(bench.pass(3).killed == ["old"])
        _ = bench.ended("old", .untold)
        #expect(bench.state("old") == nil)
    }

    @Test func whatWasStoppedIsEnded() {
        let web = plan("web", restart: .unlessStopped)
        var bench = FleetBench(web, resting: ["web"], found: [record(web)])
        #expect(bench.first.signalled == ["web"])
        _ = bench.ended("web", .untold)
        #expect(bench.state("web") == "stopped")
    }
}
