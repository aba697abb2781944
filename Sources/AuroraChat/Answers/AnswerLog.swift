import AuroraModel
import Synchronization

/// Everything that one answer has said so far, readable from any place by any number of followers.
///
/// Nothing is queued per follower: each has only its place in the text. So a slow one costs no memory, never holds up the
/// model, and gets longer pieces instead of more of them.
final class AnswerLog: Sendable {
    struct Snapshot: Sendable {
        var text = ""
        var model: String?
        var worker: String?
        var ending: AnswerEnding?

        var bytes: Int { text.utf8.count }

        func isAhead(of minimumBytes: Int, seenStart: Bool) -> Bool {
            ending != nil || bytes >= minimumBytes || (!seenStart && model != nil)
        }
    }

    private struct Waiter {
        let minimumBytes: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var snapshot = Snapshot()
        var waiters: [Int: Waiter] = [:]
        var nextWaiter = 0
    }

    private let state = Mutex(State())

    init() {}

    /// The log of an answer that grew in the past.
    init(text: String, ending: AnswerEnding) {
        state.withLock { $0.snapshot = Snapshot(text: text, ending: ending) }
    }

    var snapshot: Snapshot { state.withLock { $0.snapshot } }

    func start(model: String, worker: String) {
        change(wakeAll: true) {
            $0.model = model
            $0.worker = worker
        }
    }

    /// False when the piece would take the answer over `limit` bytes; then nothing is added.
    func append(_ piece: String, limit: Int) -> Bool {
        // Databases keep no U+0000; as the log says what is stored, places in the text stay the same afterwards.
        let piece = piece.utf8.contains(0) ? piece.replacing("\0", with: "\u{fffd}") : piece
        var fits = false
        change(wakeAll: false) {
            fits = $0.bytes + piece.utf8.count <= limit
            if fits { $0.text += piece }
        }
        return fits
    }

    /// The first ending counts.
    func finish(_ ending: AnswerEnding) {
        change(wakeAll: true) { $0.ending = $0.ending ?? ending }
    }

    private func change(wakeAll: Bool, _ body: (inout Snapshot) -> Void) {
        let woken = state.withLock { state in
            body(&state.snapshot)
            let bytes = state.snapshot.bytes
            let woken = state.waiters.filter { wakeAll || bytes >= $0.value.minimumBytes }
            for id in woken.keys { state.waiters[id] = nil }
            return woken.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume() }
    }

    /// Returns when the text has that many bytes, when the answer has ended, or started where that is not `seenStart`, or when
    /// the task is cancelled. May return early.
    func wait(forBytes minimumBytes: Int, seenStart: Bool = true) async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state in
                    // Cancelled before there was anything to wake: asked under the lock, so that the handler cannot slip between.
                    let ready = Task.isCancelled || state.snapshot.isAhead(of: minimumBytes, seenStart: seenStart)
                    if !ready { state.waiters[id] = Waiter(minimumBytes: minimumBytes, continuation: continuation) }
                    return ready
                }
                if ready { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
        }
    }
}
