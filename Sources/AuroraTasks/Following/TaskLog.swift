import Synchronization

/// What a task that runs here has said so far, readable from any place by any number of followers.
///
/// Nothing is queued for a follower: each has only its place in the text, so a slow one costs no memory and holds up nobody.
final class TaskLog: Sendable {
    /// The longest text of one attempt, in bytes.
    static let textLimit = 8 << 20

    struct Snapshot: Sendable {
        /// Counts changes of any kind.
        var version = 0
        /// Counts changes of the task itself, for which followers look into the store.
        var turns = 0
        /// 0 before the first attempt.
        var attempt = 0
        var text = ""
        /// One word of what is being done.
        var stage = "queued"
        var worker: String?
    }

    private struct Waiter {
        let condition: @Sendable (Snapshot) -> Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var snapshot = Snapshot()
        var waiters: [Int: Waiter] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    var snapshot: Snapshot { state.withLock { $0.snapshot } }

    /// A new attempt says everything anew.
    func begin(attempt: Int) {
        change { snapshot in
            (snapshot.attempt, snapshot.text, snapshot.stage, snapshot.worker) = (attempt, "", "running", nil)
            snapshot.turns += 1
        }
    }

    func note(stage: String, worker: String? = nil) {
        change { snapshot in
            snapshot.stage = stage
            snapshot.worker = worker ?? snapshot.worker
        }
    }

    /// False when the piece would take the text over the limit; then nothing is added.
    func append(_ piece: String) -> Bool {
        // Stores keep no U+0000; as the log says what is stored, places in the text stay the same afterwards.
        let piece = piece.utf8.contains(0) ? piece.replacing("\0", with: "\u{fffd}") : piece
        guard snapshot.text.utf8.count + piece.utf8.count <= Self.textLimit else { return false }
        change { $0.text += piece }
        return true
    }

    /// The task changed in the store: followers look there.
    func changed() { change { $0.turns += 1 } }

    private func change(_ body: (inout Snapshot) -> Void) {
        let woken = state.withLock { state in
            body(&state.snapshot)
            state.snapshot.version += 1
            let woken = state.waiters.filter { $0.value.condition(state.snapshot) }
            for id in woken.keys { state.waiters[id] = nil }
            return woken.values
        }
        for waiter in woken { waiter.continuation.resume() }
    }

    /// Returns when the condition is true, or the calling task is cancelled.
    func wait(until condition: @escaping @Sendable (Snapshot) -> Bool) async {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state in
                    // Asked under the lock, so that a cancellation cannot slip between.
                    let ready = Task.isCancelled || condition(state.snapshot)
                    if !ready { state.waiters[id] = Waiter(condition: condition, continuation: continuation) }
                    return ready
                }
                if ready { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
        }
    }
}
