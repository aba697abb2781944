import Synchronization

/// Why a running task is to stop before it has ended.
enum StopReason: Sendable { case cancelled, leaseLost }

/// Turned once, by anybody; one task waits for it.
final class StopSwitch: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let turned = Mutex<StopReason?>(nil)

    init() { (stream, continuation) = AsyncStream.makeStream() }

    /// The first reason counts.
    func turn(_ reason: StopReason) {
        turned.withLock { $0 = $0 ?? reason }
        continuation.finish()
    }

    /// Nil when the waiting task was cancelled.
    func wait() async -> StopReason? {
        for await _ in stream {}
        return turned.withLock { $0 }
    }
}
