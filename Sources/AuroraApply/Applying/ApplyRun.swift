import AuroraModel
import Foundation

/// The steps of one apply, from the first that is not done.
struct ApplyRun {
    let id: String
    let plan: Plan
    let journal: Journal
    let tools: ApplyTools
    private(set) var done: Set<String>
    let before: [Fingerprint]
    private(set) var windows: [ApplyState.Window]

    init(
        id: String, plan: Plan, journal: Journal, tools: ApplyTools, done: Set<String>, before: [Fingerprint], windows: [ApplyState.Window]
    ) {
        (self.id, self.plan, self.journal, self.tools) = (id, plan, journal, tools)
        (self.done, self.before, self.windows) = (done, before, windows)
    }

    mutating func perform() async throws(AuroraError) -> ApplyReport {
        let runner = StepRunner(id: id, backup: try Backup.read(id, tools: tools), tools: tools)
        var failure: ApplyReport.Failure?
        for (index, step) in plan.steps.enumerated() where !done.contains(step.id) {
            if Task.isCancelled { throw toldToStop(step) }
            tools.progress(.begins(step, number: index + 1, of: plan.steps.count))
            failure = try await perform(step, runner)
            if failure != nil { break }
            tools.progress(.done(step))
        }
        return try await end(failure)
    }

    private mutating func perform(_ step: Step, _ runner: StepRunner) async throws(AuroraError) -> ApplyReport.Failure? {
        let begin = tools.now()
        try journal.write(.begin(step: step.id, at: begin))
        do throws(AuroraError) {
            try await runner.perform(step)
        } catch {
            return try await fail(step, error, runner)
        }
        let end = tools.now()
        try journal.write(.done(step: step.id, at: end))
        windows.append(.init(step: step.id, begin: begin, end: end))
        done.insert(step.id)
        return nil
    }

    /// Takes the failed step back. Told to stop, it leaves that to whoever continues: nothing that waits would work any more.
    private func fail(_ step: Step, _ error: AuroraError, _ runner: StepRunner) async throws(AuroraError) -> ApplyReport.Failure {
        if Task.isCancelled { throw toldToStop(step) }
        let rules = TakeBackRules(purges: false, keepIn: tools.folder.keptPlace(id, at: tools.now()))
        let takenBack: Bool
        do throws(AuroraError) {
            _ = try await runner.takeBack(step, rules)
            takenBack = true
        } catch {
            takenBack = false
        }
        tools.progress(.failed(step, reason: error.message))
        try journal.write(.failed(step: step.id, reason: error.message, takenBack: takenBack, at: tools.now()))
        return ApplyReport.Failure(step: step.id, error: error, takenBack: takenBack)
    }

    private func toldToStop(_ step: Step) -> AuroraError {
        AuroraError(
            .failed, "the apply \(id) was told to stop at the step '\(step.id)'",
            hint: "continue it with 'aurora apply', or take it back with 'aurora undo'")
    }

    private func end(_ failure: ApplyReport.Failure?) async throws(AuroraError) -> ApplyReport {
        let after = try await tools.fingerprints()
        // What is still to be continued needs its contents; the rest may hold secrets and is needed by nobody.
        if failure?.takenBack != false { try StagedContents(id: id, tools: tools).discard() }
        try journal.write(.end(after: after, at: tools.now()))
        let kept = FingerprintReport(before: before, after: after, steps: plan.steps, windows: windows)
        let ids = plan.steps.map(\.id)
        return ApplyReport(
            id: id, done: ids.filter(done.contains), notDone: ids.filter { !done.contains($0) }, failure: failure, kept: kept)
    }
}
