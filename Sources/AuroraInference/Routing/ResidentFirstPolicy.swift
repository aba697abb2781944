import Synchronization

/// Which worker takes a request, and why.
struct Choice: Sendable {
    let candidate: Candidate
    let reason: Reason

    /// Sent to the client as `X-Aurora-Reason`.
    enum Reason: String, Sendable {
        /// No other worker has the model.
        case only
        /// Others would have to load the model first.
        case resident
        /// Of those equally ready, it had the fewest requests in flight.
        case leastBusy = "least-busy"
        /// An earlier worker failed before its first byte.
        case retry
    }
}

/// Healthy, model resident, fewest in flight; equals take turns.
enum ResidentFirstPolicy {
    enum Outcome {
        case chosen(Choice)
        /// Workers have the model and are up, but each is at its limit.
        case full
        /// Nobody is left to ask.
        case nobody
    }

    /// - Parameters:
    ///   - tried: workers that failed this request already.
    ///   - turn: changes with each request, so that equals take turns.
    static func choose(from candidates: [Candidate], tried: [Worker], turn: Int) -> Outcome {
        if candidates.count == 1, let only = candidates.first { return choose(only, tried: tried) }
        let healthy = candidates.filter { candidate in candidate.worker.isUp && !tried.contains { $0 === candidate.worker } }
        guard !healthy.isEmpty else { return .nobody }
        let free = healthy.filter { !$0.worker.isFull }
        guard !free.isEmpty else { return .full }
        let ready = free.filter(\.resident)
        let pool = ready.isEmpty ? free : ready
        let start = turn % pool.count
        let best = (pool[start...] + pool[..<start]).min { load($0) < load($1) } ?? pool[start]
        return .chosen(
            Choice(candidate: best, reason: reason(healthy: healthy.count, pool: pool.count, free: free.count, tried: !tried.isEmpty)))
    }

    /// The common case of a small mesh, without making lists.
    private static func choose(_ only: Candidate, tried: [Worker]) -> Outcome {
        guard only.worker.isUp, tried.isEmpty else { return .nobody }
        return only.worker.isFull ? .full : .chosen(Choice(candidate: only, reason: .only))
    }

    private static func load(_ candidate: Candidate) -> Int { candidate.worker.inFlight.load(ordering: .relaxed) }

    private static func reason(healthy: Int, pool: Int, free: Int, tried: Bool) -> Choice.Reason {
        if tried { return .retry }
        if healthy == 1 { return .only }
        return pool == 1 && free > 1 ? .resident : .leastBusy
    }
}
