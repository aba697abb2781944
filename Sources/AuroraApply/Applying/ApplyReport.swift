public import AuroraModel

/// What an apply did.
public struct ApplyReport: Sendable, Equatable {
    public struct Failure: Sendable, Equatable {
        /// Id of the step.
        public var step: String
        public var error: AuroraError
        /// Whether the machine is as before that step.
        public var takenBack: Bool
    }

    public var id: String
    /// Ids, in order.
    public var done: [String]
    public var notDone: [String]
    public var failure: Failure?
    public var kept: FingerprintReport
    /// What was taken back after the failure, where that was asked for.
    public var undo: UndoReport?

    /// Why the command that applied must fail; nil: all is done and nothing that was kept was disturbed.
    public var error: AuroraError? {
        if let failure {
            let rest = failure.takenBack ? "that step is taken back" : "that step could not be taken back"
            let sentence = "the step '\(failure.step)' failed; \(rest), \(Words.count(done.count, "step")) done, \(notDone.count) not done"
            return AuroraError(failure.error.code, "\(sentence): \(failure.error.message)", hint: failure.error.hint)
        }
        guard !kept.isUndisturbed else { return nil }
        return AuroraError(.failed, kept.text, hint: "see whether these services are well; 'aurora undo' takes the apply \(id) back")
    }

    /// For people.
    public var text: String {
        var lines = ["apply \(id): \(done.count) of \(Words.count(done.count + notDone.count, "step")) done"]
        if let failure { lines.append("failed at '\(failure.step)': \(failure.error.message)") }
        if !notDone.isEmpty { lines.append("not done: \(notDone.joined(separator: ", "))") }
        return (lines + [kept.text] + [undo?.text].compactMap(\.self)).joined(separator: "\n")
    }
}

/// What was taken back.
public struct UndoReport: Sendable, Equatable {
    /// Applies, the last one first.
    public var ids: [String]
    /// Steps, in the order in which they were taken back.
    public var undone: [String]
    /// How many files and folders were compared with what stood there before.
    public var compared: Int
    /// What was kept, left or deleted, a sentence each.
    public var notes: [String]
    public var kept: FingerprintReport

    /// Why the command that took back must fail; nil: all is as before.
    public var error: AuroraError? {
        guard !kept.isUndisturbed else { return nil }
        return AuroraError(.failed, kept.text, hint: "see whether these services are well")
    }

    /// For people.
    public var text: String {
        let head = "took back \(Words.count(ids.count, "apply", plural: "applies")) (\(ids.joined(separator: ", ")))"
        let proof = "\(Words.count(compared, "path")) compared: as before"
        return (["\(head): \(Words.count(undone.count, "step"))", proof] + notes + [kept.text]).joined(separator: "\n")
    }
}
