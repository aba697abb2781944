import AuroraAPI
import Synchronization
import Testing

@testable import AuroraInference
@testable import AuroraNode

@Suite("The load of a node")
struct LoadSamplerTests {
    /// Totals that grow as the test says.
    private final class Totals: Sendable {
        private let value = Mutex((requests: 0, tokens: 0))
        var load: Gateway.Load {
            value.withLock { Gateway.Load(inFlight: 2, requests: $0.requests, failures: 1, tokens: $0.tokens) }
        }
        func add(requests: Int, tokens: Int) { value.withLock { $0 = ($0.requests + requests, $0.tokens + tokens) } }
    }

    private let totals = Totals()
    private let start = ContinuousClock.now

    private func sampler() -> LoadSampler { LoadSampler { [totals] in totals.load } }

    @Test func hasNoRatesBeforeTheSecondSample() {
        let sampler = sampler()
        #expect(sampler.status.requestsPerSecond == 0)
        sampler.sample(at: start)
        totals.add(requests: 9, tokens: 90)
        #expect(sampler.status.requestsPerSecond == 0)
        #expect(sampler.status.tokensPerSecond == 0)
        #expect(sampler.status.requestsTotal == 9)
        #expect(sampler.status.tokensTotal == 90)
        #expect(sampler.status.inFlight == 2)
        #expect(sampler.status.failuresTotal == 1)
    }

    @Test func isTheAverageOverTheSamples() {
        let sampler = sampler()
        sampler.sample(at: start)
        totals.add(requests: 10, tokens: 300)
        sampler.sample(at: start + .seconds(2))
        #expect(sampler.status.requestsPerSecond == 5)
        #expect(sampler.status.tokensPerSecond == 150)
    }

    @Test func forgetsWhatIsOlderThanFiveSeconds() {
        let sampler = sampler()
        sampler.sample(at: start)
        totals.add(requests: 1000, tokens: 1000)
        for second in 1...6 { sampler.sample(at: start + .seconds(second)) }
        #expect(sampler.status.requestsPerSecond == 0)
        totals.add(requests: 5, tokens: 50)
        sampler.sample(at: start + .seconds(7))
        #expect(sampler.status.requestsPerSecond == 1)
        #expect(sampler.status.tokensPerSecond == 10)
    }

    @Test func survivesAClockThatStandsStill() {
        let sampler = sampler()
        sampler.sample(at: start)
        totals.add(requests: 1, tokens: 1)
        sampler.sample(at: start)
        #expect(sampler.status.requestsPerSecond == 0)
    }
}
