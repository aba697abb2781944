import AuroraDialects
public import AuroraModel
import Synchronization

/// A worker's state as values, for the console and `aurora status`.
public struct WorkerStatus: Sendable {
    public struct Model: Sendable {
        public let name: String
        public let loaded: Bool
        public let sizeBytes: Int64?
    }

    public let spec: EngineSpec
    /// `up`, `down` or `unknown`.
    public let state: String
    public let reason: String?
    /// Since the last answered poll.
    public let age: Duration?
    public let version: String?
    public let models: [Model]
    public let inFlight: Int
    public let requests: Int
    public let failures: Int
    public let tokensPerSecond: Double?
}

extension Worker {
    /// - Parameter now: to tell the age of the last answer.
    public func status(at now: ContinuousClock.Instant = .now) -> WorkerStatus {
        let details = snapshot()
        let (state, reason): (String, String?) =
            switch details.health {
            case .unknown: ("unknown", nil)
            case .up: ("up", nil)
            case .down(let why): ("down", why)
            }
        return WorkerStatus(
            spec: spec, state: state, reason: reason, age: details.lastAnswer.map { now - $0 }, version: details.version,
            models: details.models.map { .init(name: $0.name, loaded: $0.loaded ?? true, sizeBytes: $0.sizeBytes.map(Int64.init)) },
            inFlight: inFlight.load(ordering: .relaxed), requests: requests.load(ordering: .relaxed),
            failures: failures.load(ordering: .relaxed),
            tokensPerSecond: details.tokensPerSecond)
    }
}
