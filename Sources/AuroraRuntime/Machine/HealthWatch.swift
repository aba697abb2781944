import AuroraModel
import AuroraSystem

/// Whether a running service is healthy, from the answers to its checks. Pure.
///
/// While it has not been healthy yet it is looked at often, so that dependants need not wait for a whole interval. How long it may take is
/// what the check says: the start period, and then as many intervals as there are retries.
struct HealthWatch: Sendable, Equatable {
    enum State: String, Sendable {
        case starting, healthy, unhealthy
    }

    private static let eagerness = Duration.seconds(1)
    private static let shortest = Duration.milliseconds(100)

    let check: HealthCheck
    private(set) var state = State.starting
    /// Why the last check failed.
    private(set) var trouble: String?
    private(set) var nextProbe: Duration?
    private let patience: Duration
    private var failuresInRow = 0

    init(_ check: HealthCheck, startedAt now: Duration) {
        self.check = check
        patience = now + .clamped(seconds: check.startPeriod) + Self.interval(check) * max(1, min(check.retries, 10_000))
        nextProbe = now
    }

    /// True once for each check that is due; the next one is due after `record`.
    mutating func takeDue(at now: Duration) -> Bool {
        guard let next = nextProbe, next <= now else { return false }
        nextProbe = nil
        return true
    }

    /// - Parameter failure: nil when it was healthy.
    mutating func record(_ failure: String?, at now: Duration) {
        trouble = failure
        failuresInRow = failure == nil ? 0 : failuresInRow + 1
        if failure == nil { state = .healthy } else if hasLostPatience(at: now) { state = .unhealthy }
        let interval = Self.interval(check)
        nextProbe = now + (state == .starting ? min(interval, Self.eagerness) : interval)
    }

    private func hasLostPatience(at now: Duration) -> Bool {
        state == .healthy ? failuresInRow >= max(1, check.retries) : now >= patience
    }

    private static func interval(_ check: HealthCheck) -> Duration { max(shortest, .clamped(seconds: check.interval)) }
}
