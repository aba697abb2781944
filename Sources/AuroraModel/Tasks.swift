public import struct Foundation.Date

/// How far a task has come.
public enum TaskState: String, Sendable, Codable, CaseIterable {
    /// Waits for its turn, also between two attempts.
    case queued
    case running
    case completed
    /// The request itself was wrong; asking again would not help.
    case failed
    case cancelled
    /// Given up: attempts or time used up. Its errors are kept.
    case dead

    /// Whether nothing more happens to it.
    public var isFinal: Bool { self != .queued && self != .running }

    public static let final = allCases.filter(\.isFinal)
    public static let open = allCases.filter { !$0.isFinal }
}

/// What a task asks for; the words of `task_type`.
public enum TaskType: String, Sendable, Codable, CaseIterable {
    case inference = "llm_inference"
    case embeddings
    case commands
}

/// Where a task may run; nil asks for nothing.
public struct TaskRequirements: Sendable, Equatable, Codable {
    public var model: String?
    public var node: String?
    /// An engine by name, `engine` or `node/engine`.
    public var worker: String?
    /// Memory that one GPU of the node must have in all.
    public var gpuMemoryBytes: Int64?
    /// True: only a node with a GPU.
    public var gpu: Bool?

    public init(model: String? = nil, node: String? = nil, worker: String? = nil, gpuMemoryBytes: Int64? = nil, gpu: Bool? = nil) {
        self.model = model
        self.node = node
        self.worker = worker
        self.gpuMemoryBytes = gpuMemoryBytes
        self.gpu = gpu
    }

    public static let none = TaskRequirements()
}

/// An attempt that did not end well.
public struct TaskFailure: Sendable, Equatable, Codable {
    /// When it happened last.
    public var at: Date
    /// 1 for the first attempt.
    public var attempt: Int
    public var node: String
    public var worker: String?
    public var error: String
    /// How often this happened in a row.
    public var times: Int

    public init(at: Date, attempt: Int, node: String, worker: String? = nil, error: String, times: Int = 1) {
        self.at = at
        self.attempt = attempt
        self.node = node
        self.worker = worker
        self.error = error
        self.times = times
    }
}

extension [TaskFailure] {
    /// Errors of one task that are kept; a repeated one counts once.
    public static let keptFailures = 100

    /// With one more. The same error at the same place again only counts up, so that a night without an engine stays readable.
    public func adding(_ failure: TaskFailure) -> [TaskFailure] {
        var all = self
        if var last = all.last, last.error == failure.error, last.node == failure.node, last.worker == failure.worker {
            (last.at, last.attempt, last.times) = (failure.at, failure.attempt, last.times + 1)
            all[all.count - 1] = last
        } else {
            all.append(failure)
        }
        return Array(all.suffix(Self.keptFailures))
    }
}

/// How many tasks there are, by state. Ended ones count until they are removed.
public struct TaskCounts: Sendable, Equatable {
    public var queued: Int
    /// Running now.
    public var active: Int
    public var completed: Int
    /// Ended without a result: `failed` and `dead`.
    public var failed: Int
    public var cancelled: Int

    public init(queued: Int = 0, active: Int = 0, completed: Int = 0, failed: Int = 0, cancelled: Int = 0) {
        self.queued = queued
        self.active = active
        self.completed = completed
        self.failed = failed
        self.cancelled = cancelled
    }
}
