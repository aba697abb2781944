/// Wakes one waiter. A ring without a waiter is kept for the next; several count as one.
final class Bell: Sendable {
    private let rings: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (rings, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func ring() { continuation.yield() }

    /// Returns after the next ring, after `limit`, or when the task is cancelled.
    func wait(atMost limit: Duration, clock: any Clock<Duration>) async {
        await firstOf({ [rings] in for await _ in rings { break } }, { try? await clock.sleep(for: limit, tolerance: nil) })
    }
}
