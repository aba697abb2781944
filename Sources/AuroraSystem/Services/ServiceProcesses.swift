public import AuroraModel
public import Foundation

/// What must be known of a service's process to find it again after the node was killed, and to tell it from a stranger with its number.
public struct RunRecord: Sendable, Equatable, Codable {
    public var service: String
    /// Random; stands as `AURORA_RUN` in the environment of every process of the run.
    public var mark: String
    /// Also the number of its process group and of its session.
    public var pid: Int32
    /// When the kernel says that it began; with `pid` and `bootID` it names one process for good.
    public var startTicks: UInt64
    public var bootID: String
    /// `ProcessPlan.launchDigest` of what was started.
    public var digest: String
    public var startedAt: Date
    public var stopSignal: String
    public var stopGraceSeconds: Double
    /// Which limits hold and which do not, a sentence each.
    public var limits: [String]

    public init(
        service: String, mark: String, pid: Int32, startTicks: UInt64, bootID: String, digest: String, startedAt: Date, stopSignal: String,
        stopGraceSeconds: Double, limits: [String] = []
    ) {
        (self.service, self.mark, self.pid, self.startTicks, self.bootID) = (service, mark, pid, startTicks, bootID)
        (self.digest, self.startedAt, self.stopSignal) = (digest, startedAt, stopSignal)
        (self.stopGraceSeconds, self.limits) = (stopGraceSeconds, limits)
    }
}

/// A place in a log that only grows, until it is cut to nothing and starts again.
public struct LogPiece: Sendable, Equatable {
    public var bytes: [UInt8]
    /// Where to go on reading.
    public var next: Int

    public init(bytes: [UInt8], next: Int) { (self.bytes, self.next) = (bytes, next) }
}

/// Processes of services on this machine. It decides nothing; the runtime does.
public protocol ServiceProcesses: Sendable {
    /// Starts a service and returns when its main process has ended.
    ///
    /// The process does nothing before `held` has returned; when that throws, or the node dies meanwhile, it ends without having done anything.
    /// Cancelling asks its group to end, and after its grace makes it. Throws `AuroraError` when it cannot be started.
    func launch(_ plan: ProcessPlan, held: @escaping @Sendable (RunRecord) async throws -> Void) async throws -> ServiceEnding

    /// Whether the very process of this record still runs.
    func isRunning(_ run: RunRecord) -> Bool

    /// Returns when the main process of a run that is no child of this process has ended, or the task is cancelled.
    func untilEnd(of run: RunRecord) async

    /// Sends a signal, by its name, to every process of the run.
    func signal(_ run: RunRecord, _ name: String)

    /// Ends what the main process left behind: asks, waits for its grace, kills. Returns when nothing is left.
    ///
    /// - Parameter isFresh: the main process ended a moment ago. Otherwise only processes with the run's mark are touched, as its number may
    ///   belong to somebody else by now.
    func finish(_ run: RunRecord, isFresh: Bool) async

    /// Kills every process of the run at once.
    func kill(_ run: RunRecord)

    /// Nil when healthy, else why not.
    func probe(_ test: HealthCheck.Test, of plan: ProcessPlan, limit: Duration) async -> String?

    /// Keeps the log of a service within its size.
    func trimLog(of service: String)

    /// The last lines of a service's log; empty when there is none.
    func logTail(of service: String, lines: Int) -> LogPiece

    /// What was written after a place; from the start when the log was cut since.
    func log(of service: String, from place: Int) -> LogPiece
}

/// What the runtime must not forget when the node ends.
public protocol ServiceLedger: Sendable {
    func runs() throws(AuroraError) -> [RunRecord]
    /// On disk when it returns.
    func write(_ run: RunRecord) throws(AuroraError)
    func remove(_ service: String)
    /// What the operator stopped.
    func stopped() throws(AuroraError) -> Set<String>
    func writeStopped(_ names: Set<String>) throws(AuroraError)
}
