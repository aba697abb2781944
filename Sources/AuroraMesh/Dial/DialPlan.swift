import AuroraModel

/// How many pipes to open now, from what became of the others. Pure.
struct DialPlan {
    enum Event: Sendable {
        case start
        /// The pause is over.
        case resume
        case ready
        /// A ready pipe is used now; so many connections wait for more.
        case opened(waiting: Int)
        case closed(Closing)
    }

    /// What a pipe was when it closed.
    enum Closing: Sendable, Equatable {
        /// Never ready: nobody there, or no coordinator.
        case unreachable(String)
        /// Never ready: the coordinator said no.
        case refused(AuroraError)
        /// Ready, and used by nobody yet.
        case ready(after: Duration)
        /// It did its work.
        case open
    }

    struct Step: Equatable {
        var dials = 0
        var pause: Duration?
    }

    /// A ready pipe that ends sooner is no success: something between the nodes cuts it.
    private static let tooSoon = Duration.seconds(2)

    let spare: Int
    let maximum: Int
    let backOff: BackOff
    private(set) var dialling = 0
    private(set) var ready = 0
    private(set) var open = 0
    private var wanted = 0
    private var failures = 0
    private var isPausing = false

    init(spare: Int, maximum: Int, backOff: BackOff = BackOff()) {
        (self.spare, self.maximum, self.backOff) = (spare, maximum, backOff)
    }

    /// - Parameter chance: 0 to 1, for the length of pauses.
    mutating func take(_ event: Event, chance: Double) -> Step {
        var hasFailed = false
        switch event {
        case .start: break
        case .resume: isPausing = false
        case .ready:
            dialling -= 1
            ready += 1
            failures = 0
            if ready >= spare + wanted { wanted = 0 }
        case .opened(let waiting):
            ready -= 1
            open += 1
            wanted = min(max(wanted, waiting), maximum)
        case .closed(.unreachable), .closed(.refused):
            dialling -= 1
            hasFailed = true
        case .closed(.ready(let after)):
            ready -= 1
            hasFailed = after < Self.tooSoon
        case .closed(.open): open -= 1
        }
        var step = Step()
        if hasFailed, !isPausing {
            failures += 1
            isPausing = true
            step.pause = pause(event, chance)
        }
        step.dials = missing
        dialling += step.dials
        return step
    }

    /// One at a time until the first is ready, so that a coordinator that is away is not stormed.
    private var missing: Int {
        guard !isPausing else { return 0 }
        let room = maximum - dialling - ready - open
        let short = spare + wanted - ready - dialling
        return max(0, min(room, ready + open == 0 ? 1 - dialling : short))
    }

    /// Somebody has to change something before a refusal can end, so it is asked again slowly.
    private func pause(_ event: Event, _ chance: Double) -> Duration {
        if case .closed(.refused(let error)) = event, error.code != .unavailable { return max(backOff.limit / 3, backOff.first) }
        return backOff.pause(failures: failures, chance: chance)
    }
}
