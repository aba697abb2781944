public import AuroraModel

/// How far to go back.
public enum UndoTarget: Sendable, Equatable {
    /// The last apply that is not taken back yet.
    case last
    /// Every apply after this one, so that the machine is as this one left it. The beginning of its id is enough.
    case to(String)
    case all
}

/// Takes applies back, the last one first, each step verified.
public struct Undoer: Sendable {
    private let tools: ApplyTools

    public init(_ tools: ApplyTools) { self.tools = tools }

    /// Ids of the applies that would be taken back, the last one first.
    public static func ids(_ target: UndoTarget, in log: ApplyLog) throws(AuroraError) -> [String] {
        let standing = log.applies.filter { $0.phase != .undone && $0.phase != .preparing }.map(\.id)
        switch target {
        case .last: return Array(standing.suffix(1))
        case .all: return standing.reversed()
        case .to(let id):
            let found = log.applies.map(\.id).filter { $0.hasPrefix(id) }
            guard !id.isEmpty, found.count == 1, let first = found.first else {
                let what = found.count > 1 && !id.isEmpty ? "several applies begin with '\(id)'" : "there is no apply '\(id)'"
                throw AuroraError(.notFound, what, hint: "list them with 'aurora history'")
            }
            return standing.reversed().filter { Self.number($0) > Self.number(first) }
        }
    }

    /// Takes back what `target` says. Nil when there is nothing to take back.
    ///
    /// - Parameter purge: deletes the data that Aurora's services made, instead of moving it to the kept data.
    /// - Throws: when something cannot be taken back; what came before is taken back, and the next undo continues.
    public func undo(_ target: UndoTarget, by: AppliedBy, command: String, purge: Bool = false) async throws(AuroraError) -> UndoReport? {
        let claim = try ApplyHolder.claim(tools, by: by, command: command)
        defer { withExtendedLifetime(claim) {} }
        let log = try ApplyLog.read(tools.folder, disk: tools.disk)
        try log.checkReadable()
        let ids = try Self.ids(target, in: log)
        return ids.isEmpty ? nil : try await takeBack(ids, by: by, purge: purge)
    }

    /// The lock is held by whoever calls.
    func takeBack(_ ids: [String], by: AppliedBy, purge: Bool) async throws(AuroraError) -> UndoReport {
        let before = try await tools.fingerprints()
        var steps: [Step] = []
        var windows: [ApplyState.Window] = []
        var report = UndoReport(ids: [], undone: [], compared: 0, notes: [], kept: FingerprintReport(before: [], after: []))
        for id in ids {
            var run = UndoRun(id: id, by: by, purge: purge, tools: tools)
            let state = try await run.perform()
            steps += state.plan.steps
            windows += run.windows
            report.ids.append(id)
            report.undone += run.undone
            report.compared += run.compared
            report.notes += run.notes
        }
        report.kept = FingerprintReport(before: before, after: try await tools.fingerprints(), steps: steps, windows: windows)
        return report
    }

    private static func number(_ id: String) -> Int { Int(id.prefix { $0 != "-" }) ?? 0 }
}
