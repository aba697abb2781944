import AuroraModel

/// Whether a node counts as up, from what became of each call to it. Pure: the calls are made elsewhere.
struct PeerHealth {
    enum Change: Equatable {
        case none
        case up
        /// The first time, or for another reason than before. `isNews`: somebody should hear of it, since it was there until now, or
        /// since it is there and something is wrong with it.
        case down(String, isNews: Bool)
    }

    /// Calls in a row without an answer after which a silent node is out. Anything more certain than silence counts at once.
    let missesAllowed: Int
    private(set) var isUp = false
    private(set) var reason: String?
    private var misses = 0

    init(missesAllowed: Int) { self.missesAllowed = missesAllowed }

    /// Silence so far; the next call should be made at once.
    var isDoubtful: Bool { isUp && misses > 0 }

    mutating func answered() -> Change {
        defer { (isUp, misses, reason) = (true, 0, nil) }
        return isUp ? .none : .up
    }

    mutating func failed(_ error: AuroraError) -> Change {
        if error.code == .timedOut, isUp {
            misses += 1
            if misses <= missesAllowed { return .none }
        }
        defer { (isUp, misses, reason) = (false, 0, error.message) }
        guard isUp || reason != error.message else { return .none }
        let isAway = error.code == .timedOut || error.code == .unavailable
        return .down(error.message, isNews: isUp || reason == nil || !isAway)
    }
}
