import AuroraModel
import AuroraSystem
import AuroraTestSupport
import Synchronization
import Testing

@testable import AuroraAdopt

@Suite(.timeLimit(.minutes(1)))
struct TarpitTests {
    @Test func aSurveyEndsWhenEveryPortHoldsOnForEver() async {
        let machine = TarpitMachine()
        let clock = ManualClock()
        let listeners = (0..<200).map { ProbeTests.listener(20_000 + $0, ProbeTests.owner("ollama")) }
        async let taken = SoftwareSurvey.take(
            machine, listeners: listeners, processes: [], containers: [], hints: SurveyHints(), clock: clock)
        #expect(
            await eventually { machine.most.withLock { $0 } == SoftwareSurvey.width && clock.sleepers(within: SoftwareSurvey.limit) == 1 })
        clock.advance(by: SoftwareSurvey.limit)
        let facts = await taken
        #expect(facts.engines.isEmpty)
        #expect(facts.unseen.count == 200)
        #expect(facts.unseen.count { $0.why == "other ports took too long to answer" } == 200 - SoftwareSurvey.width)
        #expect(machine.most.withLock { $0 } == SoftwareSurvey.width)
    }
}

/// Accepts everything and answers nothing until its caller gives up.
private final class TarpitMachine: MachineReading {
    let most = Mutex(0)
    private let open = Mutex(0)

    func read(_ path: String, limit: Int) throws(AuroraError) -> [UInt8]? { nil }
    func list(_ folder: String) throws(AuroraError) -> [String]? { nil }
    func isFolder(_ path: String) -> Bool { false }
    func linkTarget(_ path: String) -> String? { nil }

    func run(
        _ program: String, _ arguments: [String], environment: [String: String], limit: Duration
    ) async throws(AuroraError) -> CommandEnd? { nil }

    func exchange(
        port: Int, host: String, send: [UInt8], limit: Int, timeout: Duration, until: @Sendable ([UInt8]) -> Bool
    ) async -> [UInt8]? {
        await hold()
        return nil
    }

    func get(_ url: String, timeout: Duration) async -> (status: Int, headers: [String: String], body: [UInt8])? {
        await hold()
        return nil
    }

    private func hold() async {
        let now = open.withLock { count in
            count += 1
            return count
        }
        most.withLock { $0 = max($0, now) }
        defer { open.withLock { $0 -= 1 } }
        let (never, continuation) = AsyncStream<Void>.makeStream()
        for await _ in never {}
        continuation.finish()
    }
}
