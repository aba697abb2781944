import AuroraModel
public import AuroraSystem
public import Logging
public import ServiceLifecycle
import Synchronization

/// Runs the services of this node as processes, and watches over them.
///
/// What is to be done is decided by `Fleet`, a value; this actor keeps it, does what it says and tells it what came of that.
public actor RuntimeService: Service {
    /// How often logs are looked at.
    private static let logPause = Duration.seconds(5)
    /// The clock is looked at this often at least, so that a change of plans is never missed for long.
    private static let longestPause = Duration.seconds(60)

    let source: any ServiceSource
    nonisolated let processes: any ServiceProcesses
    let ledger: any ServiceLedger
    nonisolated let clock: any Clock<Duration>
    nonisolated let logger: Logger
    nonisolated let elapsed: @Sendable () -> Duration

    private let actions: AsyncStream<Fleet.Action>
    private nonisolated let queue: AsyncStream<Fleet.Action>.Continuation
    private nonisolated let bell = Bell()
    private nonisolated let isAskedToEnd = Atomic(false)
    private var metrics = RuntimeMetrics()
    private var followers: [Int: AsyncStream<Void>.Continuation] = [:]
    private var lastFollower = 0

    var fleet = Fleet()
    /// Of each process that runs.
    var runs: [String: RunRecord] = [:]
    var resting: Set<String> = []
    /// Whether the processes of an earlier run of the node were looked for.
    var hasLooked = false

    public init(
        source: any ServiceSource, processes: any ServiceProcesses, ledger: any ServiceLedger,
        clock: any Clock<Duration> = ContinuousClock(), logger: Logger
    ) {
        self.source = source
        self.processes = processes
        self.ledger = ledger
        self.clock = clock
        self.logger = logger
        elapsed = makeStopwatch(clock)
        // Bounded by the number of services: there are never more than a few open actions for each.
        (actions, queue) = AsyncStream.makeStream()
    }

    /// Starts what is to run, or takes it over from an earlier run of the node; ends all of it, dependants first, when the node stops.
    public func run() async throws {
        await withGracefulShutdownHandler {
            await supervise()
        } onGracefulShutdown: { [self] in
            isAskedToEnd.store(true, ordering: .releasing)
            bell.ring()
        }
        // Only what the drain time did not leave time for.
        let (left, processes) = (Array(runs.values), processes)
        try? await uncancelled {
            await withTaskGroup(of: Void.self) { group in
                for run in left { group.addTask { await processes.finish(run, isFresh: true) } }
            }
        }
        for run in left { ledger.remove(run.service) }
    }

    private func supervise() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.begin() }
            group.addTask { await self.keepTime() }
            group.addTask { await self.trimLogs() }
            for await action in actions { group.addTask { await self.perform(action) } }
            group.cancelAll()
        }
    }

    private func begin() async {
        do throws(AuroraError) { resting = try ledger.stopped() } catch { complain("cannot tell what was stopped", error) }
        do { _ = try await load() } catch { complain("no service is started or taken over", error) }
    }

    /// Tells the fleet what happened, and has done what follows.
    func handle(_ event: Fleet.Event) {
        for action in fleet.handle(event, at: elapsed()) {
            if case .tell(let name, let notice) = action { log(name, notice) } else { queue.yield(action) }
        }
        metrics.show(reports())
        for follower in followers.values { follower.yield() }
        if fleet.isEnding, fleet.isQuiet { queue.finish() }
        bell.ring()
    }

    private func keepTime() async {
        while !Task.isCancelled {
            await bell.wait(atMost: pause(), clock: clock)
            if isAskedToEnd.load(ordering: .acquiring), !fleet.isEnding { handle(.shutdown) }
            if let due = fleet.nextDue, due <= elapsed() { handle(.tick) }
        }
    }

    private func pause() -> Duration {
        guard let due = fleet.nextDue else { return Self.longestPause }
        return max(.milliseconds(1), min(due - elapsed(), Self.longestPause))
    }

    private func trimLogs() async {
        while (try? await clock.sleep(for: Self.logPause, tolerance: nil)) != nil {
            let (names, processes) = (fleet.services.keys, processes)
            for name in names { processes.trimLog(of: name) }
        }
    }

    /// Returns when the service is as wanted, or after `limit`.
    func follow(_ name: String, atMost limit: Duration, until isDone: @escaping @Sendable (ServiceReport?) -> Bool) async {
        let (changes, follower) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        lastFollower += 1
        let id = lastFollower
        followers[id] = follower
        follower.yield()
        let clock = clock
        await firstOf(
            { for await _ in changes { if isDone(await self.report(name)) { return } } },
            { try? await clock.sleep(for: limit, tolerance: nil) })
        followers[id] = nil
    }

    func complain(_ what: String, _ error: any Error) {
        let known = error as? AuroraError
        logger.error("\(what): \(known?.message ?? "\(error)")", metadata: known?.hint.map { ["fix": "\($0)"] })
    }
}

/// Time since now, by that clock.
private func makeStopwatch<C: Clock<Duration>>(_ clock: C) -> @Sendable () -> Duration {
    let start = clock.now
    return { start.duration(to: clock.now) }
}
