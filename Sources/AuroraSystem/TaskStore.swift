public import AuroraModel

public import struct Foundation.Date

/// Where tasks live, whatever node and process works on them. Every method returns only after the change is on disk.
///
/// A task is worked on under a lease: `claim` gives it, `extend` keeps it, and whoever lost it can no longer change the task. So a task
/// ends once, however many nodes claim and however they die.
public protocol TaskStore: Sendable {
    /// Stores all of them or none, in order. One whose idempotency key is known is not stored again.
    ///
    /// Throws `conflict` when a known key comes with another request, `overloaded` when more than `limit` tasks would be open.
    func add(_ tasks: [NewTask], limit: Int) async throws -> [AddedTask]
    /// Takes due tasks, highest priority first, then oldest. Tasks whose lease ran out go back in line before.
    func claim(_ claim: TaskClaim) async throws -> [TaskRecord]
    /// Keeps leases until then; returns the ids of those that are still held.
    func extend(_ leases: [TaskLease], until: Date) async throws -> Set<String>
    /// Ends an attempt; false, and nothing changed, when the lease is not held any more.
    func settle(_ lease: TaskLease, _ outcome: TaskOutcome, at now: Date) async throws -> Bool
    /// Ends an open task at once, also a running one; an ended one stays as it is. The task afterwards, nil when there is none.
    func cancel(_ id: String, at now: Date) async throws -> TaskSummary?
    /// Puts what this node left running back in line; called before it claims anything, and when it stops. Returns how many.
    func release(node: String, at now: Date) async throws -> Int
    /// Gives up queued tasks whose deadline has passed; returns their ids, at most 1,000 at a time.
    func expire(at now: Date) async throws -> [String]

    func task(_ id: String) async throws -> TaskRecord?
    /// Newest first.
    func tasks(matching query: TaskQuery) async throws -> Page<TaskSummary>
    func taskCounts() async throws -> TaskCounts
    /// Removes tasks that ended before then, oldest first, at most `limit`; returns how many.
    func prune(finishedBefore: Date, limit: Int) async throws -> Int
}

/// A task before it is stored.
public struct NewTask: Sendable, Equatable {
    public var id: String
    public var type: String
    public var priority: Int
    /// A JSON object as text.
    public var payload: String
    public var requirements: TaskRequirements
    public var session: String?
    public var traceparent: String?
    public var idempotencyKey: String?
    public var requestHash: String
    public var deadline: Date?
    public var createdAt: Date

    public init(
        id: String, type: String, priority: Int = 5, payload: String, requirements: TaskRequirements = .none, session: String? = nil,
        traceparent: String? = nil, idempotencyKey: String? = nil, requestHash: String, deadline: Date? = nil, createdAt: Date
    ) {
        self.id = id
        self.type = type
        self.priority = priority
        self.payload = payload
        self.requirements = requirements
        self.session = session
        self.traceparent = traceparent
        self.idempotencyKey = idempotencyKey
        self.requestHash = requestHash
        self.deadline = deadline
        self.createdAt = createdAt
    }
}

/// What became of a task that was to be added.
public struct AddedTask: Sendable, Equatable {
    public let id: String
    public let state: TaskState
    /// False: the same request was stored before.
    public let isNew: Bool

    public init(id: String, state: TaskState, isNew: Bool) {
        self.id = id
        self.state = state
        self.isNew = isNew
    }
}

/// Who takes how many tasks, and until when they are theirs.
public struct TaskClaim: Sendable {
    public var node: String
    public var limit: Int
    public var now: Date
    public var until: Date
    /// Tasks that this node works on: they stay its own, also when their lease ran out while the machine slept and nobody else took them.
    public var working: [String]

    public init(node: String, limit: Int, now: Date, until: Date, working: [String] = []) {
        self.node = node
        self.limit = limit
        self.now = now
        self.until = until
        self.working = working
    }
}

/// The right to work on a task, valid for one attempt.
public struct TaskLease: Sendable, Hashable {
    public let id: String
    public let node: String
    /// The value of `attempts` when it was claimed.
    public let attempt: Int

    public init(id: String, node: String, attempt: Int) {
        self.id = id
        self.node = node
        self.attempt = attempt
    }
}

/// How an attempt ended.
public enum TaskOutcome: Sendable, Equatable {
    /// A JSON object as text.
    case completed(result: String)
    case failed(TaskFailure)
    case dead(TaskFailure)
    /// Back in line, not before `due`. Not counted: no worker had taken it.
    case retry(TaskFailure, due: Date, isCounted: Bool)
}

/// Which tasks to list; nil and empty ask for all.
public struct TaskQuery: Sendable {
    public var states: [TaskState]
    public var type: String?
    /// The `next` of the previous page.
    public var before: String?
    public var limit: Int

    public init(states: [TaskState] = [], type: String? = nil, before: String? = nil, limit: Int = 50) {
        self.states = states
        self.type = type
        self.before = before
        self.limit = limit
    }
}
