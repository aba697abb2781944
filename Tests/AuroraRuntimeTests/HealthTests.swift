import AuroraModel
import Testing

@testable import AuroraRuntime

@Suite("Health")
struct HealthTests {
    @Test func isLookedAtOftenUntilItIsThereAndThenAtItsInterval() {
        var watch = HealthWatch(check(interval: 30), startedAt: .zero)
        var due = [watch.takeDue(at: .zero), watch.takeDue(at: .seconds(100))]
        #expect(due == [true, false], "one check at a time")
        watch.record("refused", at: .zero)
        #expect(watch.nextProbe == .seconds(1))
        due = [watch.takeDue(at: .milliseconds(999)), watch.takeDue(at: .seconds(1))]
        #expect(due == [false, true])
        watch.record(nil, at: .seconds(1))
        #expect(watch.state == .healthy)
        #expect(watch.nextProbe == .seconds(31))
    }

    @Test func mayTakeItsStartPeriodAndAllRetriesToBecomeHealthy() {
        var watch = HealthWatch(check(interval: 10, startPeriod: 60, retries: 3), startedAt: .zero)
        watch.record("no", at: .seconds(89))
        #expect(watch.state == .starting)
        watch.record("no", at: .seconds(90))
        #expect(watch.state == .unhealthy)
        watch.record(nil, at: .seconds(100))
        #expect(watch.state == .healthy)
    }

    @Test func isLostAfterSoManyFailuresInARow() {
        var watch = HealthWatch(check(retries: 3), startedAt: .zero)
        watch.record(nil, at: .zero)
        for failure in ["no", "no", nil, "no", "no"] { watch.record(failure, at: .seconds(1)) }
        #expect(watch.state == .healthy)
        watch.record("no", at: .seconds(1))
        #expect(watch.state == .unhealthy)
    }

    @Test(arguments: [0, -1, .nan, .infinity, 1e300])
    func senselessTimesNeitherCrashNorSpin(_ seconds: Double) {
        var watch = HealthWatch(check(interval: seconds, startPeriod: seconds, retries: .max), startedAt: .zero)
        watch.record("no", at: .seconds(1))
        #expect((watch.nextProbe ?? .zero) >= .milliseconds(1100))
    }

    @Test func lossAndReturnAreTold() {
        var bench = FleetBench(plan("db", check: check(interval: 1, retries: 1)))
        _ = bench.started("db")
        _ = bench.probed("db")
        #expect(bench.probed("db", "refused").told == [.unhealthy("refused")])
        #expect(bench.detail("db") == "runs, but is unhealthy: refused")
        #expect(bench.probed("db").told == [.healthyAgain])
    }
}
