import AuroraModel
import Testing

@testable import AuroraMesh

@Suite struct DialPlanTests {
    private func plan(maximum: Int = 64) -> DialPlan { DialPlan(spare: 4, maximum: maximum) }

    /// A plan with four ready pipes.
    private func joined(maximum: Int = 64) -> DialPlan {
        var plan = plan(maximum: maximum)
        _ = plan.take(.start, chance: 1)
        for _ in 0..<4 { _ = plan.take(.ready, chance: 1) }
        return plan
    }

    @Test func aCoordinatorIsTriedWithOnePipeAndThenWithTheRest() {
        var plan = plan()
        #expect(plan.take(.start, chance: 1).dials == 1)
        #expect(plan.take(.ready, chance: 1).dials == 3)
        #expect(plan.take(.ready, chance: 1).dials == 0)
    }

    @Test func aPipeThatIsTakenIsReplacedAndMoreAreOpenedForThoseWhoWait() {
        var plan = joined()
        #expect(plan.take(.opened(waiting: 0), chance: 1).dials == 1)
        #expect(plan.take(.opened(waiting: 20), chance: 1).dials == 21)
        #expect(plan.take(.opened(waiting: 19), chance: 1).dials == 1)
    }

    @Test func neverMoreThanTheMaximum() {
        var plan = joined(maximum: 10)
        #expect(plan.take(.opened(waiting: 1_000_000), chance: 1).dials == 6)
        for _ in 0..<6 { #expect(plan.take(.ready, chance: 1).dials == 0) }
        for _ in 0..<9 { #expect(plan.take(.opened(waiting: 5), chance: 1).dials == 0) }
        #expect(plan.open == 10)
        #expect(plan.take(.closed(.open), chance: 1).dials == 1)
    }

    @Test func failuresPauseLongerAndLongerAndASuccessResetsThat() {
        var plan = plan()
        _ = plan.take(.start, chance: 1)
        var pauses: [Duration] = []
        for _ in 0..<9 {
            let step = plan.take(.closed(.unreachable("away")), chance: 1)
            #expect(step.dials == 0)
            pauses.append(step.pause ?? .zero)
            #expect(plan.take(.resume, chance: 1).dials == 1)
        }
        #expect(pauses.prefix(3) == [.milliseconds(250), .milliseconds(500), .seconds(1)])
        #expect(pauses.suffix(2) == [.seconds(30), .seconds(30)])
        _ = plan.take(.ready, chance: 1)
        #expect(plan.take(.closed(.unreachable("away")), chance: 1).pause == .milliseconds(250))
    }

    @Test func severalFailuresAtOnceAreOnePause() {
        var plan = plan()
        _ = plan.take(.start, chance: 1)
        _ = plan.take(.ready, chance: 1)
        #expect(plan.take(.closed(.unreachable("a")), chance: 1).pause != nil)
        #expect(plan.take(.closed(.unreachable("b")), chance: 1).pause == nil)
        #expect(plan.take(.closed(.unreachable("c")), chance: 1).pause == nil)
    }

    @Test func aRefusalIsAskedAgainSlowly() {
        var plan = plan()
        _ = plan.take(.start, chance: 1)
        #expect(plan.take(.closed(.refused(AuroraError(.conflict, "taken"))), chance: 0).pause == .seconds(10))
    }

    @Test func aReadyPipeThatEndsAtOnceIsAFailure() {
        var plan = joined()
        #expect(plan.take(.closed(.ready(after: .milliseconds(5))), chance: 1).pause == .milliseconds(250))
        #expect(plan.take(.resume, chance: 1).dials == 1)
        #expect(plan.take(.ready, chance: 1).dials == 0)
        #expect(plan.take(.closed(.ready(after: .seconds(90))), chance: 1) == .init(dials: 1, pause: nil))
    }

    @Test(arguments: [(0.0, 0.5), (1.0, 1.0), (-3.0, 0.5), (7.0, 1.0)]) func chanceShortensAPauseByHalfAtMost(chance: Double, part: Double)
    {
        #expect(BackOff().pause(failures: 3, chance: chance) == .seconds(1) * part)
        #expect(BackOff().pause(failures: .max, chance: chance) == .seconds(30) * part)
        #expect(BackOff().pause(failures: .min, chance: chance) == .milliseconds(250) * part)
    }
}
