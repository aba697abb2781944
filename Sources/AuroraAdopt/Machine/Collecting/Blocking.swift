import Dispatch
import Synchronization

/// Runs work that blocks outside of Swift's own threads, and comes back without its result when it takes too long.
///
/// A file system that hangs holds its thread until it answers; nobody else waits for it.
func withinLimit<Value: Sendable>(_ limit: Duration, _ work: @escaping @Sendable () -> Value) async -> Value? {
    let waiter = Waiter<Value>()
    return await withCheckedContinuation { continuation in
        waiter.wait(continuation)
        let queue = DispatchQueue.global()
        queue.async { waiter.finish(work()) }
        let (seconds, attoseconds) = limit.components
        queue.asyncAfter(deadline: .now() + Double(seconds) + Double(attoseconds) / 1e18) { waiter.finish(nil) }
    }
}

/// Hands over the first of two results.
private final class Waiter<Value: Sendable>: Sendable {
    private let waiting = Mutex<CheckedContinuation<Value?, Never>?>(nil)

    func wait(_ continuation: CheckedContinuation<Value?, Never>) { waiting.withLock { $0 = continuation } }

    func finish(_ value: Value?) {
        let continuation = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume(returning: value)
    }
}
