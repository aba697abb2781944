import AuroraSystem
import Testing

@Suite("A bell", .timeLimit(.minutes(1)))
struct BellTests {
    @Test func waitsAgainAfterAWaitThatTimedOut() async {
        let bell = Bell()
        await bell.wait(atMost: .milliseconds(1), clock: ContinuousClock())
        let began = ContinuousClock.now
        await bell.wait(atMost: .milliseconds(80), clock: ContinuousClock())
        #expect(ContinuousClock.now - began >= .milliseconds(80))
    }

    @Test func aRingEndsTheWaitAndOneBeforeItIsKept() async {
        let bell = Bell()
        await bell.wait(atMost: .milliseconds(1), clock: ContinuousClock())
        bell.ring()
        bell.ring()
        await bell.wait(atMost: .seconds(3600), clock: ContinuousClock())
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await bell.wait(atMost: .seconds(3600), clock: ContinuousClock()) }
            bell.ring()
        }
    }
}
