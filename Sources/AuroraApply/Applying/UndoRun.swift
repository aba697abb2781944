import AuroraModel

/// One apply as it is taken back, from its journal and its backups alone.
struct UndoRun {
    let id: String
    let by: AppliedBy
    let purge: Bool
    let tools: ApplyTools
    private(set) var undone: [String] = []
    private(set) var notes: [String] = []
    private(set) var windows: [ApplyState.Window] = []
    private(set) var compared = 0

    init(id: String, by: AppliedBy, purge: Bool, tools: ApplyTools) { (self.id, self.by, self.purge, self.tools) = (id, by, purge, tools) }

    mutating func perform() async throws(AuroraError) -> ApplyState {
        let journal = try Journal.mended(id, tools: tools)
        try journal.write(.undoBegin(by: by, purge: purge, at: tools.now()))
        guard let state = try ApplyLog.open(journal.path, disk: tools.disk).reading.state, let since = state.undoAt else {
            throw AuroraError(.failed, "the journal '\(journal.path)' does not hold what was just written", hint: "see who else writes it")
        }
        notes = state.notes
        if state.isPrepared { try await takeBack(state, journal, keepIn: tools.folder.keptPlace(id, at: since)) }
        try StagedContents(id: id, tools: tools).discard()
        try journal.write(.undoEnd(at: tools.now()))
        return state
    }

    private mutating func takeBack(_ state: ApplyState, _ journal: Journal, keepIn: String) async throws(AuroraError) {
        let backup = try Backup.read(id, tools: tools)
        let runner = StepRunner(id: id, backup: backup, tools: tools)
        let rules = TakeBackRules(purges: state.undoPurges, keepIn: keepIn)
        for step in state.toUndo {
            try await takeBack(step, runner, rules, journal)
        }
        try verify(state, backup)
    }

    private mutating func takeBack(
        _ step: Step, _ runner: StepRunner, _ rules: TakeBackRules, _ journal: Journal
    ) async throws(AuroraError) {
        tools.progress(.takesBack(step))
        let begin = tools.now()
        try journal.write(.undoing(step: step.id))
        let note: String?
        do throws(AuroraError) {
            note = try await runner.takeBack(step, rules)
        } catch {
            throw error.adding("cannot take back the step '\(step.id)' of the apply \(id)")
        }
        try journal.write(.undone(step: step.id, note: note))
        undone.append(step.id)
        windows.append(.init(step: step.id, begin: begin, end: tools.now()))
        if let note { notes.append(note) }
        tools.progress(.tookBack(step))
    }

    /// Every path that the apply changed is as before, but folders that stay because of what others put there.
    private mutating func verify(_ state: ApplyState, _ backup: Backup) throws(AuroraError) {
        for step in state.plan.steps where state.begun.contains(step.id) {
            guard let path = step.work.path else { continue }
            let (now, before) = (try tools.disk.look(path), backup.seen(path))
            if case .makeFolder = step.work, before.isMissing, now.isFolder { continue }
            guard now == before else {
                throw AuroraError(
                    .failed, "'\(path)' is not as it was before the apply \(id): there was \(before.words), now there is \(now.words)",
                    hint: "see who changed it meanwhile; 'aurora undo' looks again")
            }
            compared += 1
        }
    }
}
