import AuroraAPI
import AuroraInference
import ServiceLifecycle
import Synchronization

/// Looks at the gateway's totals once a second, so that status can tell rates.
final class LoadSampler: Service {
    /// Rates are averages over this many samples.
    private static let window = 5

    private struct Sample {
        let requests: Int
        let tokens: Int
        let at: ContinuousClock.Instant
    }

    private let load: @Sendable () -> Gateway.Load
    private let samples = Mutex<[Sample]>([])

    init(_ load: @escaping @Sendable () -> Gateway.Load) { self.load = load }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            repeat { sample() } while (try? await Task.sleep(for: .seconds(1))) != nil
        }
    }

    func sample(at now: ContinuousClock.Instant = .now) {
        let load = load()
        samples.withLock { samples in
            samples.append(Sample(requests: load.requests, tokens: load.tokens, at: now))
            if samples.count > Self.window + 1 { samples.removeFirst() }
        }
    }

    var status: LoadStatus {
        let load = load()
        let rates = samples.withLock { samples -> (Double, Double) in
            guard let first = samples.first, let last = samples.last, last.at > first.at else { return (0, 0) }
            let seconds = (last.at - first.at) / .seconds(1)
            return (Double(last.requests - first.requests) / seconds, Double(last.tokens - first.tokens) / seconds)
        }
        return LoadStatus(
            inFlight: load.inFlight, requestsTotal: load.requests, failuresTotal: load.failures, tokensTotal: load.tokens,
            requestsPerSecond: rates.0, tokensPerSecond: rates.1)
    }
}
