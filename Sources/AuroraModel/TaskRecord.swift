public import struct Foundation.Date

/// A task as it is stored, without what it was given and what came out of it, which may be large.
public struct TaskSummary: Sendable, Equatable {
    public let id: String
    /// A word of `TaskType`; a store may hold tasks of a later version.
    public let type: String
    public let state: TaskState
    /// 0 to 10; higher goes first.
    public let priority: Int
    public let requirements: TaskRequirements
    /// Names a conversation, whose requests should go to the same worker.
    public let session: String?
    /// W3C trace context of whoever submitted it.
    public let traceparent: String?
    public let idempotencyKey: String?
    /// Tells whether another request with the same key is the same request.
    public let requestHash: String
    /// How often it was started.
    public let attempts: Int
    /// Attempts that failed and count against the limit.
    public let failures: Int
    /// Attempts whose node stopped before they ended.
    public let losses: Int
    /// Oldest first, as `adding(_:)` keeps them.
    public let errors: [TaskFailure]
    /// Who runs it now.
    public let node: String?
    public let createdAt: Date
    /// When it was started first.
    public let startedAt: Date?
    public let finishedAt: Date?
    /// Not started after this moment, and stopped at it.
    public let deadline: Date?

    public init(
        id: String, type: String, state: TaskState, priority: Int, requirements: TaskRequirements, session: String?, traceparent: String?,
        idempotencyKey: String?, requestHash: String, attempts: Int, failures: Int, losses: Int, errors: [TaskFailure], node: String?,
        createdAt: Date, startedAt: Date?, finishedAt: Date?, deadline: Date?
    ) {
        self.id = id
        self.type = type
        self.state = state
        self.priority = priority
        self.requirements = requirements
        self.session = session
        self.traceparent = traceparent
        self.idempotencyKey = idempotencyKey
        self.requestHash = requestHash
        self.attempts = attempts
        self.failures = failures
        self.losses = losses
        self.errors = errors
        self.node = node
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.deadline = deadline
    }
}

/// A whole task.
public struct TaskRecord: Sendable, Equatable {
    public let summary: TaskSummary
    /// A JSON object as text.
    public let payload: String
    /// A JSON object as text, once it is completed.
    public let result: String?

    public init(summary: TaskSummary, payload: String, result: String?) {
        self.summary = summary
        self.payload = payload
        self.result = result
    }
}

/// A command that tasks may name, as written under `commands:`. Never a text for a shell.
public struct TaskCommand: Sendable, Equatable {
    public let name: String
    /// The program and its arguments; `{name}` stands for an argument of the task.
    public let run: [String]
    /// How long it may take.
    public let timeout: Duration
    /// The nodes that may run it; empty: every node.
    public let on: [String]
    /// Beside a minimal environment; `{name}` as in `run`.
    public let env: [String: String]

    public init(name: String, run: [String], timeout: Duration, on: [String] = [], env: [String: String] = [:]) {
        self.name = name
        self.run = run
        self.timeout = timeout
        self.on = on
        self.env = env
    }

    /// The names between braces in `run` and `env`, in order, each once.
    public var parameters: [String] {
        var seen: Set<String> = []
        let texts = run + env.sorted { $0.key < $1.key }.map(\.value)
        return texts.flatMap(Self.parameters).filter { seen.insert($0).inserted }
    }

    /// Words of a-z, 0-9, `_` and `-` between braces; other braces are text.
    private static func parameters(in text: String) -> [String] {
        text.matches(of: /\{([a-z0-9_-]+)\}/).map { String($0.output.1) }
    }
}
