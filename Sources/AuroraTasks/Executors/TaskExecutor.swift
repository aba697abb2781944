import AuroraDialects
import AuroraModel

/// Does one kind of work. One file a kind.
protocol TaskExecutor: Sendable {
    var type: TaskType { get }

    /// What is wrong with a request of this kind; empty when it can be done.
    func findings(_ payload: JSONObject, _ requirements: TaskRequirements) -> [TaskFinding]

    /// Does it once. What it says on the way goes into the log; cancelling stops the work at once. Throws `TaskError`.
    func run(_ task: TaskRecord, _ payload: JSONObject, log: TaskLog) async throws -> JSON
}

/// Why an attempt failed, and so what may follow.
struct TaskError: Error, Sendable, Equatable {
    enum Kind: Sendable {
        /// The request itself is wrong: another attempt would fail in the same way.
        case request
        /// No worker has the model: wrong as a rule, but a node that just started does not know every worker yet.
        case unknownModel
        /// This attempt failed; another may not.
        case attempt
        /// Nothing took the work, so nothing was tried.
        case unavailable
        /// The task's time is over.
        case deadline
    }

    let kind: Kind
    let message: String
    var node: String?
    var worker: String?
    /// How long to wait at least, as the gateway said.
    var retryAfter: Duration?

    init(_ kind: Kind, _ message: String, node: String? = nil, worker: String? = nil, retryAfter: Duration? = nil) {
        self.kind = kind
        self.message = message
        self.node = node
        self.worker = worker
        self.retryAfter = retryAfter
    }

    /// Any error an executor let through.
    init(_ error: any Error) {
        switch error {
        case let error as TaskError: self = error
        case let error as AuroraError:
            let kind: Kind = [.unavailable, .overloaded].contains(error.code) ? .unavailable : .attempt
            self.init(kind, error.message)
        default: self.init(.attempt, "\(error)")
        }
    }
}
