public import Foundation

/// How far an apply has come, as its journal tells.
public struct ApplyState: Sendable, Equatable {
    public enum Phase: Sendable, Equatable {
        /// Backups were still being made: nothing of the machine was changed.
        case preparing
        /// It stopped without a word, at this step or between two steps.
        case interrupted(step: String?)
        /// A step failed, and the plan was left there. `takenBack`: that step left nothing behind.
        case stopped(step: String, reason: String, takenBack: Bool)
        case finished
        /// Taking it back stopped somewhere.
        case undoing
        case undone
    }

    /// When a step was done.
    public struct Window: Sendable, Equatable {
        public var step: String
        public var begin: Date
        /// Nil while it is not known to be done.
        public var end: Date?

        public init(step: String, begin: Date, end: Date? = nil) { (self.step, self.begin, self.end) = (step, begin, end) }
    }

    public let id: String
    public let by: AppliedBy
    public let at: Date
    public let command: String
    public let plan: Plan
    public private(set) var phase = Phase.preparing
    /// Whether backups are complete, so that steps may have changed something.
    public private(set) var isPrepared = false
    /// Ids of steps that are done.
    public private(set) var done: Set<String> = []
    /// Steps that began, the last one maybe not done; in order.
    public private(set) var begun: [String] = []
    public private(set) var undone: Set<String> = []
    /// What undo kept or left, a sentence each.
    public private(set) var notes: [String] = []
    public private(set) var windows: [Window] = []
    /// Kept services before the first step and after the last.
    public private(set) var before: [Fingerprint] = []
    public private(set) var after: [Fingerprint]?
    public private(set) var undoAt: Date?
    public private(set) var undoPurges = false
    private let known: Set<String>

    init(_ header: JournalEntry.Header) {
        (id, by, at, command, plan) = (header.id, header.by, header.at, header.command, header.plan)
        known = Set(header.plan.steps.map(\.id))
    }

    /// Ids of steps whose work stands on the machine.
    public var standing: Set<String> { done.subtracting(undone) }

    /// Whether it has to be continued or taken back before anything else may be applied.
    public var isOpen: Bool {
        switch phase {
        case .interrupted, .undoing: true
        case .stopped(_, _, let takenBack): !takenBack
        case .preparing, .finished, .undone: false
        }
    }

    /// Steps that may have changed something and are not taken back, the last one first.
    var toUndo: [Step] {
        let touched = Set(begun).subtracting(undone)
        return plan.steps.reversed().filter { touched.contains($0.id) }
    }

    /// False when the line cannot follow what was read before.
    mutating func add(_ entry: JournalEntry) -> Bool {
        switch entry {
        case .header: return false
        case .prepared(let before):
            guard phase == .preparing else { return false }
            (self.before, isPrepared, phase) = (before, true, .interrupted(step: nil))
        case .begin, .done, .failed: return addStep(entry)
        case .resumed: return !isClosed
        case .end(let after, _):
            guard isPrepared, !isClosed else { return false }
            self.after = after
            if case .stopped = phase {} else { phase = .finished }
        case .undoBegin, .undoing, .undone, .undoEnd: return addUndo(entry)
        }
        return true
    }

    private var isClosed: Bool { phase == .undoing || phase == .undone }

    private mutating func addStep(_ entry: JournalEntry) -> Bool {
        guard isPrepared, !isClosed, phase != .finished else { return false }
        switch entry {
        case .begin(let step, let at):
            guard knows(step), !done.contains(step) else { return false }
            if begun.last != step { begun.append(step) }
            windows.append(Window(step: step, begin: at))
            phase = .interrupted(step: step)
        case .done(let step, let at):
            guard begun.last == step else { return false }
            done.insert(step)
            windows[windows.count - 1].end = at
            phase = .interrupted(step: nil)
        case .failed(let step, let reason, let takenBack, let at):
            guard begun.last == step, !done.contains(step) else { return false }
            windows[windows.count - 1].end = at
            if takenBack { begun.removeLast() }
            phase = .stopped(step: step, reason: reason, takenBack: takenBack)
        default: return false
        }
        return true
    }

    private mutating func addUndo(_ entry: JournalEntry) -> Bool {
        switch entry {
        case .undoBegin(_, let purge, let at):
            guard phase != .undone else { return false }
            // The first one decides where data is kept, so that a second try finds what the first one moved.
            if undoAt == nil { (undoAt, undoPurges) = (at, purge) }
            phase = .undoing
        case .undoing(let step): return phase == .undoing && knows(step)
        case .undone(let step, let note):
            guard phase == .undoing, knows(step) else { return false }
            undone.insert(step)
            if let note { notes.append(note) }
        case .undoEnd:
            guard phase == .undoing else { return false }
            phase = .undone
        default: return false
        }
        return true
    }

    private func knows(_ step: String) -> Bool { known.contains(step) }
}
