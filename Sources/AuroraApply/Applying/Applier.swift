public import AuroraModel
import Foundation

/// Performs plans, one at a time on a machine, each step on the disk of the journal before it acts.
public struct Applier: Sendable {
    private let tools: ApplyTools

    public init(_ tools: ApplyTools) { self.tools = tools }

    /// Performs exactly this plan.
    ///
    /// - Parameters:
    ///   - observe: looks at the machine again, once nobody else can apply.
    ///   - undoOnFailure: whether a failed step takes all steps before it back too; else the machine stays where the step failed.
    /// - Returns: what was done, also when a step failed: see its `error`.
    /// - Throws: `refused` when the machine changed since the plan was made or an earlier apply was cut short, `conflict` when another one is
    ///   at work, and when the journal cannot be written. Before the first step nothing of the machine is changed.
    public func apply(
        _ plan: Plan, by: AppliedBy, command: String, undoOnFailure: Bool = false, observe: @Sendable () async throws -> Observed
    ) async throws(AuroraError) -> ApplyReport {
        let claim = try ApplyHolder.claim(tools, by: by, command: command)
        defer { withExtendedLifetime(claim) {} }
        let log = try ApplyLog.read(tools.folder, disk: tools.disk)
        try log.checkReadable()
        if let open = log.open { throw Self.mustFinish(open) }
        try discardUnbegun(log)
        try plan.checkStillTrue(try await look(observe))
        let id = Self.id(log.next, at: tools.now())
        let (journal, before) = try await prepare(plan, id: id, by: by, command: command)
        let run = ApplyRun(id: id, plan: plan, journal: journal, tools: tools, done: [], before: before, windows: [])
        return try await finish(run, by: by, undoOnFailure: undoOnFailure)
    }

    /// Continues an apply that was cut short, from its journal alone. Nil when there is none.
    public func resume(by: AppliedBy, command: String, undoOnFailure: Bool = false) async throws(AuroraError) -> ApplyReport? {
        let claim = try ApplyHolder.claim(tools, by: by, command: command)
        defer { withExtendedLifetime(claim) {} }
        let log = try ApplyLog.read(tools.folder, disk: tools.disk)
        try log.checkReadable()
        guard let open = log.open else { return nil }
        guard open.phase != .undoing else { throw Self.mustFinish(open) }
        let journal = try Journal.mended(open.id, tools: tools)
        try journal.write(.resumed(by: by, at: tools.now()))
        let run = ApplyRun(
            id: open.id, plan: open.plan, journal: journal, tools: tools, done: open.done, before: open.before, windows: open.windows)
        return try await finish(run, by: by, undoOnFailure: undoOnFailure)
    }

    private func finish(_ run: ApplyRun, by: AppliedBy, undoOnFailure: Bool) async throws(AuroraError) -> ApplyReport {
        var run = run
        var report = try await run.perform()
        if report.failure != nil, undoOnFailure {
            report.undo = try await Undoer(tools).takeBack([run.id], by: by, purge: false)
        }
        return report
    }

    /// Everything that must be on the disk before the first step: the plan, the backups, the contents, the fingerprints.
    private func prepare(
        _ plan: Plan, id: String, by: AppliedBy, command: String
    ) async throws(AuroraError) -> (Journal, [Fingerprint]) {
        try tools.disk.makeFolder(tools.folder.journals, mode: 0o700, owner: nil)
        let journal = Journal(path: tools.folder.journal(id), disk: tools.disk)
        try journal.write(.header(.init(id: id, by: by, at: tools.now(), command: command, plan: plan)))
        _ = try Backup.take(for: plan, id: id, tools: tools)
        try await StagedContents(id: id, tools: tools).stage(plan)
        let before = try await tools.fingerprints()
        try journal.write(.prepared(before: before))
        return (journal, before)
    }

    /// Contents of applies that never came to their first step may hold secrets, and nobody will ask for them again.
    private func discardUnbegun(_ log: ApplyLog) throws(AuroraError) {
        for apply in log.applies where apply.phase == .preparing { try StagedContents(id: apply.id, tools: tools).discard() }
    }

    private func look(_ observe: @Sendable () async throws -> Observed) async throws(AuroraError) -> Observed {
        do {
            return try await observe()
        } catch {
            throw AuroraError.of(error)
        }
    }

    /// `0007-20261123-195510`: counts up, so that the order is known even where clocks are wrong.
    static func id(_ number: Int, at date: Date) -> String {
        let digits = String(number)
        let time = date.formatted(.iso8601).filter(\.isNumber)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "-\(time.prefix(8))-\(time.dropFirst(8))"
    }

    static func mustFinish(_ open: ApplyState) -> AuroraError {
        switch open.phase {
        case .undoing:
            AuroraError(
                .refused, "taking back the apply \(open.id) was cut short", hint: "finish it with 'aurora undo', then try again")
        case .stopped(let step, _, _):
            AuroraError(
                .refused, "the apply \(open.id) failed at the step '\(step)', which could not be taken back",
                hint: "continue it with 'aurora apply', or take it back with 'aurora undo'")
        default:
            AuroraError(
                .refused, "the apply \(open.id) was cut short after \(open.done.count) of \(Words.count(open.plan.steps.count, "step"))",
                hint: "continue it with 'aurora apply', or take it back with 'aurora undo'")
        }
    }
}
