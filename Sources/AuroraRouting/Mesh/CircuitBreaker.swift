/// Keeps requests from a worker that fails, and tries it again with one at a time.
struct CircuitBreaker: Sendable, Equatable {
    enum State: Sendable, Equatable {
        case closed
        /// Nothing is sent before this moment.
        case open(until: Instant)
        /// The next request, alone, shows whether it works again.
        case halfOpen
        /// Could not be connected to; the next facts decide.
        case unreachable(since: Instant)
    }

    private(set) var state = State.closed
    private var failures = 0
    private var firstFailure = Instant.origin
    private var pause: Double

    /// Facts may come from a look that was taken before the connection failed.
    private static let factsAge = 1.0

    init(settings: RouterSettings) { pause = settings.breakerPause.lowerBound }

    mutating func failed(_ failure: Ending.Failure, settings: RouterSettings, now: Instant) {
        if failure == .connect {
            state = .unreachable(since: now)
            return
        }
        if state == .halfOpen { return open(settings: settings, now: now) }
        if failures == 0 || now.seconds(since: firstFailure) > settings.breakerWindow {
            failures = 0
            firstFailure = now
        }
        failures += 1
        if failures >= settings.breakerFailures { open(settings: settings, now: now) }
    }

    mutating func succeeded(settings: RouterSettings) {
        failures = 0
        guard state == .halfOpen || state == .closed else { return }
        state = .closed
        pause = settings.breakerPause.lowerBound
    }

    /// A pause that is over ends with the next request.
    mutating func tick(now: Instant) {
        if case .open(let until) = state, now >= until { state = .halfOpen }
    }

    /// The next request is let through, whenever the pause would be over. False when nothing is held back by a pause.
    mutating func endPause() -> Bool {
        guard case .open = state else { return false }
        state = .halfOpen
        return true
    }

    /// What the facts say counts again for a worker that could not be connected to.
    mutating func seen(isUp: Bool, now: Instant) {
        guard case .unreachable(let since) = state else { return }
        if isUp, now.seconds(since: since) >= Self.factsAge { state = .closed }
    }

    private mutating func open(settings: RouterSettings, now: Instant) {
        state = .open(until: now.advanced(by: pause))
        pause = min(pause * 2, settings.breakerPause.upperBound)
        failures = 0
    }
}
