import AuroraModel
import AuroraSystem
import Testing

@testable import AuroraRuntime

@Suite("Services that need others")
struct DependencyTests {
    @Test func startWhenWhatTheyNeedHasStarted() {
        var bench = FleetBench(plan("web", needs: [.init("db")]), plan("db"))
        #expect(bench.first.launched == ["db"])
        #expect(bench.detail("web") == "waits for 'db' to start")
        #expect(bench.started("db").launched == ["web"])
    }

    @Test func waitForHealth() {
        var bench = FleetBench(plan("web", needs: [.init("db", .healthy)]), plan("db", check: check()))
        #expect(bench.started("db").probed == ["db"])
        #expect(bench.probed("db", "nobody").launched.isEmpty)
        #expect(bench.detail("web") == "waits for 'db' to be healthy")
        #expect(bench.pass(1).probed == ["db"])
        #expect(bench.probed("db").launched == ["web"])
    }

    @Test func waitForCompletionAndNotForFailure() {
        var bench = FleetBench(plan("web", needs: [.init("migrate", .completed)]), plan("migrate", restart: .no))
        #expect(bench.started("migrate").launched.isEmpty)
        #expect(bench.ended("migrate", .exited(1)).launched.isEmpty)
        #expect(bench.detail("web") == "waits for 'migrate', which fails: it ended with exit code 1")
        #expect(bench.handle(.start("migrate")).launched == ["migrate"])
        _ = bench.started("migrate")
        #expect(bench.ended("migrate").launched == ["web"])
    }

    @Test func sayWhyTheyWait() {
        var bench = FleetBench(
            plan("a", needs: [.init("nothing")]), plan("b", needs: [.init("resting")]), plan("resting", restart: .no),
            plan("c", needs: [.init("plain", .healthy)]), plan("plain"), resting: ["resting"])
        _ = bench.started("plain")
        #expect(bench.detail("a") == "waits for 'nothing', which is not there")
        #expect(bench.detail("b") == "waits for 'resting', which is stopped; 'aurora start resting' starts it")
        #expect(bench.detail("c") == "waits for 'plain' to be healthy, but it has no health check")
    }

    @Test func goOnWhenWhatTheyNeedGoes() {
        var bench = FleetBench(plan("web", needs: [.init("db")]), plan("db"))
        _ = bench.started("db")
        _ = bench.started("web")
        #expect(bench.ended("db", .exited(1)).signalled.isEmpty)
        #expect(bench.state("web") == "running")
    }

    @Test func endBeforeWhatTheyNeed() {
        var bench = FleetBench(plan("web", needs: [.init("api")]), plan("api", needs: [.init("db")]), plan("db"), plan("other"))
        for name in ["db", "api", "web", "other"] { _ = bench.started(name) }
        #expect(bench.handle(.shutdown).signalled == ["other", "web"])
        #expect(bench.ended("web").signalled == ["api"])
        #expect(bench.ended("api").signalled == ["db"])
        _ = bench.ended("other")
        #expect(!bench.fleet.isQuiet)
        _ = bench.ended("db")
        #expect(bench.fleet.isQuiet)
    }

    @Test func aCircleNeitherStartsNorKeepsTheNodeFromStopping() {
        var bench = FleetBench(plan("a", needs: [.init("b")]), plan("b", needs: [.init("a")]))
        #expect(bench.first.isEmpty)
        #expect(bench.detail("a") == "waits for 'b' to start")
        // Both run when the circle is closed by new plans.
        _ = bench.handle(.plans([plan("a"), plan("b")], found: [], resting: []))
        _ = bench.started("a")
        _ = bench.started("b")
        _ = bench.handle(.plans([plan("a", needs: [.init("b")]), plan("b", needs: [.init("a")])], found: [], resting: []))
        #expect(bench.handle(.shutdown).signalled == ["a", "b"])
    }
}
