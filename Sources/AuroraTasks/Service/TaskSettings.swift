/// Numbers of the task service. The first four are the manifest's `tasks:`.
public struct TaskSettings: Sendable, Equatable {
    /// Tasks that this node runs at once.
    public var concurrency = 16
    /// How often a task may fail before it is given up.
    public var attempts = 5
    /// How long ended tasks and their results are kept.
    public var keep = Duration.seconds(7 * 86_400)
    /// Tasks that may be queued or running; more are refused.
    public var limit = 100_000

    /// How long a claimed task belongs to this node without a sign of life.
    public var lease = Duration.seconds(30)
    /// How often leases are renewed.
    public var renewal = Duration.seconds(10)
    /// The longest time until a due task is noticed that nobody announced: one for a retry, or one of a node that died.
    public var look = Duration.milliseconds(500)
    /// How long a task may wait for a worker that takes it, where it has no deadline of its own.
    public var patience = Duration.seconds(86_400)
    /// After its start a node does not know every model yet; until then an unknown one may still come.
    public var settling = Duration.seconds(30)
    /// How often a task may be lost with its node before it is taken for the reason.
    public var losses = 20
    /// Requests that wait for a task to end; more get their answer at once.
    public var waiters = 1_024

    public init() {}
}
