/// One thing wrong with a request, and what to write instead.
struct TaskFinding: Sendable, Equatable {
    /// Where, as `payload.message` or `tasks[3].priority`.
    let field: String
    let reason: String
    let fix: String
}

/// A request that cannot become a task; holds everything that is wrong with it.
struct TaskRefusal: Error, Sendable, Equatable {
    /// More than a person reads; a batch may have thousands.
    static let shown = 100

    let findings: [TaskFinding]
}
