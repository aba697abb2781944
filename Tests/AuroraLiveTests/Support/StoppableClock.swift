import Synchronization

/// A clock that stands still at the first long sleep until it is released; then no sleep takes time but the short ones that limit a command.
final class StoppableClock: Clock {
    typealias Instant = InstantClock.Instant

    private struct State {
        var now = Instant()
        var rounds = 0
        var isReleased = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Swift.Duration { .nanoseconds(1) }
    /// How often the five seconds between two rounds were slept.
    var rounds: Int { state.withLock { $0.rounds } }

    func release() {
        let waiting = state.withLock { state in
            state.isReleased = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func sleep(until deadline: Instant, tolerance: Swift.Duration?) async throws {
        let length = now.duration(to: deadline)
        // Shorter ones are limits of commands, which must not pass before the command has ended.
        guard length >= .seconds(5) else { return try await Task.sleep(for: length) }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    state.rounds += 1
                    state.now = max(state.now, deadline)
                    if !state.isReleased, !Task.isCancelled { state.waiting.append(continuation) }
                    return state.isReleased || Task.isCancelled
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            release()
        }
        try Task.checkCancellation()
        await Task.yield()
    }
}
