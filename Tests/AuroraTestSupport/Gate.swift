/// Holds whoever waits until the test opens it.
public final class Gate: Sendable {
    private let opening = AsyncStream<Void>.makeStream()

    public init() {}

    public func open() { opening.continuation.finish() }

    /// Returns when the gate is open, or the task is cancelled.
    public func wait() async { for await _ in opening.stream {} }
}
