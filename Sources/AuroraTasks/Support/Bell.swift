import Synchronization

/// Wakes one waiter. A ring without a waiter is kept for the next; several count as one.
///
/// Not an `AsyncStream`: one whose reader is cancelled has ended for good, and then every later wait would return at once.
final class Bell: Sendable {
    private struct State {
        var hasRung = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func ring() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            if state.waiter == nil { state.hasRung = true }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Returns after the next ring, after `limit`, or when the task is cancelled.
    func wait(atMost limit: Duration, clock: any Clock<Duration>) async {
        await firstOf({ await self.next() }, { try? await clock.sleep(for: limit, tolerance: nil) })
    }

    private func next() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mayGo = state.withLock { state in
                    if Task.isCancelled { return true }
                    if state.hasRung {
                        state.hasRung = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if mayGo { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
    }
}
