import Synchronization

/// Wakes one waiter. A ring without a waiter is kept for the next; several count as one.
///
/// Each wait has a stream of its own: a stream whose reader is cancelled has ended for good, and a later wait on it would
/// return at once.
public final class Bell: Sendable {
    private struct State {
        var hasRung = false
        var waiter: AsyncStream<Void>.Continuation?
    }

    private let state = Mutex(State())

    public init() {}

    public func ring() {
        state.withLock { state in
            guard let waiter = state.waiter else { return state.hasRung = true }
            state.waiter = nil
            waiter.yield()
        }
    }

    /// Returns after the next ring, after `limit`, or when the task is cancelled.
    public func wait(atMost limit: Duration, clock: any Clock<Duration>) async {
        let (rings, waiter) = AsyncStream<Void>.makeStream()
        let hasRung = state.withLock { state in
            defer { state.hasRung = false }
            if !state.hasRung { state.waiter = waiter }
            return state.hasRung
        }
        guard !hasRung else { return }
        await firstOf({ for await _ in rings { break } }, { try? await clock.sleep(for: limit, tolerance: nil) })
        state.withLock { $0.waiter = nil }
    }
}
