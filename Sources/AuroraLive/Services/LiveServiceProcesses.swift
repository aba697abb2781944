public import AuroraModel
public import AuroraSystem
import Foundation
import Subprocess

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// Services as processes of this machine, each in a session of its own, writing into log files that do not need the node.
public struct LiveServiceProcesses: ServiceProcesses {
    /// How often a process that is no child is looked at.
    private static let watchPause = Duration.milliseconds(200)
    private static let finishPause = Duration.milliseconds(50)
    /// How often processes are killed that keep on starting others.
    private static let killRounds = 20
    /// The longest that a process may take to end when the node has no more time.
    private static let lastGrace = 10.0

    private let folder: String
    private let probe: HealthProbe
    private let clock: any Clock<Duration>
    private let groups: ControlGroups

    /// - Parameter folder: for the logs; made with mode 0700.
    public init(folder: String, http: any HTTPCalling, clock: any Clock<Duration> = ContinuousClock()) throws {
        try FolderFiles.makeFolder(folder)
        self.folder = folder
        self.clock = clock
        probe = HealthProbe(http: http, clock: clock)
        groups = ControlGroups(prefix: "aurora-\(TokenHash.hash(folder).prefix(8))")
    }

    public func launch(_ plan: ProcessPlan, held: @escaping @Sendable (RunRecord) async throws -> Void) async throws -> ServiceEnding {
        let account = try ServiceAccount.resolve(plan.user, service: plan.name)
        try ServicePreparation(plan: plan, account: account).make()
        let mark = UUID().uuidString.lowercased()
        let environment = ServiceEnvironment.make(plan, home: account.home, mark: mark)
        try ProgramSearch.require(plan.arguments.first ?? "", in: environment["PATH"] ?? "", folder: plan.folder)
        let gate = try LaunchGate()
        do {
            let result = try await Subprocess.run(
                configuration(plan, try account.prefix(service: plan.name), environment),
                input: .fileDescriptor(FileDescriptor(rawValue: gate.reading), closeAfterSpawningProcess: false),
                output: .fileDescriptor(FileDescriptor(rawValue: log(plan.name).open()), closeAfterSpawningProcess: true),
                error: .combinedWithOutput
            ) { execution in
                try await held(record(plan, mark, execution.processIdentifier.value))
                gate.open()
            }
            switch result.terminationStatus {
            case .exited(let code): return .exited(code)
            case .signaled(let signal): return .signalled(signal)
            }
        } catch let error as SubprocessError {
            throw AuroraError(
                .failed, "cannot run '\(plan.arguments.first ?? "")': \(error.underlyingError.map { "\($0)" } ?? "\(error)")",
                hint: "check the folder '\(plan.folder)' and the user")
        }
    }

    private func configuration(_ plan: ProcessPlan, _ prefix: [String], _ environment: [String: String]) -> Configuration {
        var options = PlatformOptions()
        options.createSession = true
        let grace = Duration.clamped(seconds: min(plan.stopGraceSeconds, Self.lastGrace))
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: grace)]
        let pairs = environment.compactMap { name, value in Environment.Key(rawValue: name).map { ($0, value) } }
        return Configuration(
            executable: .path(FilePath(LaunchGate.shell)),
            arguments: Arguments(["-c", LaunchGate.script, "aurora-\(plan.name)"] + prefix + plan.arguments),
            environment: .custom(Dictionary(pairs) { _, new in new }), workingDirectory: FilePath(plan.folder), platformOptions: options)
    }

    private func record(_ plan: ProcessPlan, _ mark: String, _ pid: Int32) throws(AuroraError) -> RunRecord {
        guard let entry = ProcessTable.entry(pid) else {
            throw AuroraError(.failed, "the process \(pid) of service '\(plan.name)' ended before it began", hint: "try it again")
        }
        return RunRecord(
            service: plan.name, mark: mark, pid: pid, startTicks: entry.startTicks, bootID: ProcessTable.bootID, digest: plan.launchDigest,
            startedAt: Date(), stopSignal: plan.stopSignal, stopGraceSeconds: plan.stopGraceSeconds,
            limits: groups.place(pid, service: plan.name, limits: plan.resources))
    }

    public func isRunning(_ run: RunRecord) -> Bool {
        guard run.bootID == ProcessTable.bootID, let entry = ProcessTable.entry(run.pid) else { return false }
        return entry.startTicks == run.startTicks && !entry.isZombie
    }

    public func untilEnd(of run: RunRecord) async {
        while isRunning(run), (try? await clock.sleep(for: Self.watchPause, tolerance: nil)) != nil {}
        if !isRunning(run) { Self.reap(run.pid) }
    }

    public func signal(_ run: RunRecord, _ name: String) {
        let number = SignalNames.number(name) ?? SIGTERM
        for member in members(of: run, isFresh: false) { _ = Foundation.kill(member.pid, number) }
    }

    public func kill(_ run: RunRecord) { kill(run, isFresh: false) }

    private func kill(_ run: RunRecord, isFresh: Bool) {
        for _ in 0..<Self.killRounds {
            let left = members(of: run, isFresh: isFresh)
            guard !left.isEmpty else { return }
            for member in left {
                _ = Foundation.kill(member.pid, SIGKILL)
                if member.pid != run.pid { Self.reap(member.pid) }
            }
        }
    }

    /// Asks how a process ended that was given to this one as an orphan, as happens to the first process of a container. Whoever started a
    /// process asks for it themselves.
    private static func reap(_ pid: Int32) {
        if getpid() == 1 { _ = waitpid(pid, nil, WNOHANG) }
    }

    public func finish(_ run: RunRecord, isFresh: Bool) async {
        defer { groups.remove(run.service) }
        guard !members(of: run, isFresh: isFresh).isEmpty else { return }
        let number = SignalNames.number(run.stopSignal) ?? SIGTERM
        for member in members(of: run, isFresh: isFresh) { _ = Foundation.kill(member.pid, number) }
        var rest = Duration.clamped(seconds: run.stopGraceSeconds)
        while rest > .zero, !members(of: run, isFresh: isFresh).isEmpty {
            guard (try? await clock.sleep(for: Self.finishPause, tolerance: nil)) != nil else { break }
            rest -= Self.finishPause
        }
        kill(run, isFresh: isFresh)
    }

    private func members(of run: RunRecord, isFresh: Bool) -> [ProcessEntry] {
        guard run.bootID == ProcessTable.bootID else { return [] }
        return RunMembers.select(run, from: ProcessTable.all(), isFresh: isFresh, excluding: getpid()) {
            ProcessTable.environment(of: $0, holds: "AURORA_RUN=\(run.mark)")
        }
    }

    public func probe(_ test: HealthCheck.Test, of plan: ProcessPlan, limit: Duration) async -> String? {
        await probe.run(test, of: plan, limit: limit)
    }

    public func trimLog(of service: String) { log(service).trim() }

    public func logTail(of service: String, lines: Int) -> LogPiece { log(service).tail(lines: lines) }

    public func log(of service: String, from place: Int) -> LogPiece { log(service).piece(from: place) }

    private func log(_ service: String) -> ServiceLogFile { ServiceLogFile(path: "\(folder)/\(service).log") }
}
