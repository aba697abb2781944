public import AuroraModel
public import Foundation

/// An apply as `aurora history` lists it.
public struct HistoryEntry: Sendable, Equatable, Codable {
    public var id: String
    public var at: Date
    public var by: AppliedBy
    public var command: String
    /// What it came to, as in `finished` or `cut short at 'service:redis'`.
    public var state: String
    public var stepsDone: Int
    public var steps: Int
    /// What each step does, in order.
    public var what: [String]
    public var notes: [String]

    init(_ apply: ApplyState) {
        id = apply.id
        at = apply.at
        by = apply.by
        command = apply.command
        state = apply.phase.words
        stepsDone = apply.standing.count
        steps = apply.plan.steps.count
        what = apply.plan.steps.map(\.does)
        notes = apply.plan.notes + apply.notes
    }
}

/// All applies of a node.
public struct History: Sendable, Equatable {
    /// The oldest first.
    public var entries: [HistoryEntry]
    /// Journals that cannot be read, and what to do about them.
    public var flaws: [AuroraError]

    public init(_ log: ApplyLog) { (entries, flaws) = (log.applies.map(HistoryEntry.init), log.flaws) }
}

extension ApplyState.Phase {
    public var words: String {
        switch self {
        case .preparing: "never began"
        case .interrupted(let step): step.map { "cut short at '\($0)'" } ?? "cut short between two steps"
        case .stopped(let step, let reason, _): "failed at '\(step)': \(reason)"
        case .finished: "finished"
        case .undoing: "partly taken back"
        case .undone: "taken back"
        }
    }
}
