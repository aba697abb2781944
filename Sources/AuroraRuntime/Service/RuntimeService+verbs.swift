public import AuroraModel
public import AuroraSystem

/// What an operator can ask for.
extension RuntimeService {
    /// How long a verb waits for what it asked for, beside the time that the service may take to end.
    private static let patience = Duration.seconds(10)
    private static let longest = Duration.seconds(60)

    /// In the order of their names.
    public func reports() -> [ServiceReport] { fleet.reports(runs: runs, at: elapsed()) }

    public func report(_ name: String) -> ServiceReport? { fleet.report(name, runs[name], at: elapsed()) }

    /// Starts a service that does not run, at once, whatever it is waiting for but its dependencies.
    public func start(_ name: String) async throws -> ServiceReport {
        try await setResting(name, false)
        handle(.start(name))
        return try await outcome(name)
    }

    /// Stops a service; it stays stopped, also over restarts of the node unless its policy is `always`.
    public func stop(_ name: String) async throws -> ServiceReport {
        try await setResting(name, true)
        handle(.stop(name))
        return try await outcome(name)
    }

    public func restart(_ name: String) async throws -> ServiceReport {
        try await setResting(name, false)
        handle(.restart(name))
        return try await outcome(name)
    }

    /// Reads the services anew: starts what is new, ends what is gone, restarts what changed, and leaves the rest alone.
    public func load() async throws -> [ServiceReport] {
        let plans = try source.plans()
        let always = Set(plans.filter { $0.restart == .always }.map(\.name))
        if !resting.isDisjoint(with: always), !hasLooked { try keepResting(resting.subtracting(always)) }
        let found = hasLooked ? [] : try await findRuns()
        hasLooked = true
        for run in found { runs[run.service] = run }
        handle(.plans(plans, found: found, resting: resting))
        return reports()
    }

    public nonisolated func logTail(of name: String, lines: Int) -> LogPiece { processes.logTail(of: name, lines: lines) }

    public nonisolated func log(of name: String, from place: Int) -> LogPiece { processes.log(of: name, from: place) }

    public func known(_ name: String) throws(AuroraError) -> ServiceReport {
        guard let report = report(name) else {
            let names = fleet.services.keys.sorted().prefix(20).joined(separator: ", ")
            throw AuroraError(
                .notFound, "there is no service '\(name.prefix(64))'",
                hint: names.isEmpty ? "this node runs no services" : "there are: \(names)")
        }
        return report
    }

    /// What an earlier run of the node left running. What is left of others is ended.
    private func findRuns() async throws -> [RunRecord] {
        let processes = processes
        let all = try ledger.runs()
        let alive = all.filter { processes.isRunning($0) }
        let dead = all.filter { run in !alive.contains(run) }
        await withTaskGroup(of: Void.self) { group in
            for run in dead { group.addTask { await processes.finish(run, isFresh: false) } }
        }
        for run in dead { ledger.remove(run.service) }
        return alive
    }

    /// On disk before it holds.
    private func setResting(_ name: String, _ isResting: Bool) async throws(AuroraError) {
        _ = try known(name)
        guard resting.contains(name) != isResting else { return }
        try keepResting(isResting ? resting.union([name]) : resting.subtracting([name]))
    }

    private func keepResting(_ names: Set<String>) throws(AuroraError) {
        try ledger.writeStopped(names)
        resting = names
    }

    private func outcome(_ name: String) async throws -> ServiceReport {
        let grace = Duration.clamped(seconds: fleet.services[name]?.plan.stopGraceSeconds ?? 0)
        await follow(name, atMost: min(grace + Self.patience, Self.longest)) { $0?.isSettled ?? true }
        return try known(name)
    }
}
