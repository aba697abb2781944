public import AuroraModel
public import AuroraSystem
public import Logging
public import ServiceLifecycle
import Synchronization

/// Knows every engine: polls it, finds new ones on loopback, and publishes the table that the gateway routes by.
public final class EngineRegistry: Service, Sendable {
    /// How often engines are polled, and how long one poll may take: together under the two seconds in which a dead engine is out.
    public struct Pace: Sendable {
        public var interval: Duration
        public var timeout: Duration
        /// Discovery looks on every this many polls.
        public var discoverEvery: Int
        /// Polls in a row without an answer until a silent engine is out. A refused connection counts at once.
        public var missesAllowed: Int

        public init(
            interval: Duration = .milliseconds(750), timeout: Duration = .milliseconds(900), discoverEvery: Int = 4, missesAllowed: Int = 1
        ) {
            self.interval = interval
            self.timeout = timeout
            self.discoverEvery = discoverEvery
            self.missesAllowed = missesAllowed
        }
    }

    public let routing: RoutingState
    private let probe: EngineProbe
    private let places: [EngineSpec]
    private let pace: Pace
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let workers: Mutex<[Worker]>
    private let firstLook = FirstLook()

    /// - Parameters:
    ///   - engines: those of the manifest, always shown, up or down.
    ///   - places: where discovery looks; only what answers there becomes a worker.
    public init(
        engines: [EngineSpec], places: [EngineSpec], http: any HTTPCalling, pace: Pace = Pace(),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) throws(AuroraError) {
        var configured: [Worker] = []
        for engine in engines { configured.append(try Worker(engine)) }
        self.places = places
        self.pace = pace
        self.clock = clock
        self.logger = logger
        probe = EngineProbe(http: http, timeout: pace.timeout)
        workers = Mutex(configured)
        routing = RoutingState()
        routing.publish(RoutingTable(configured))
    }

    /// Adds an engine while running, such as the one this node starts itself.
    public func add(_ engine: EngineSpec) throws(AuroraError) {
        let worker = try Worker(engine)
        workers.withLock { $0.append(worker) }
    }

    /// Returns once every known engine and every place has been asked once: how many engines there are, up or down.
    public func afterFirstLook() async -> Int { await firstLook.wait() }

    public func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            var round = 0
            repeat {
                if round % pace.discoverEvery == 0 { await discover() }
                await poll()
                if round == 0 { firstLook.done(engines: workers.withLock { $0.count }) }
                round += 1
            } while (try? await clock.sleep(for: pace.interval)) != nil
        }
    }

    /// One round: every engine is asked at the same time, so that a silent one delays none.
    func poll() async {
        let current = workers.withLock { $0 }
        let changed = await withTaskGroup(of: Bool.self) { group in
            for worker in current { group.addTask { await self.check(worker) } }
            return await group.reduce(false) { $0 || $1 }
        }
        if changed { routing.publish(RoutingTable(current)) }
    }

    private func check(_ worker: Worker) async -> Bool {
        let before = worker.progress.load(ordering: .relaxed)
        do {
            let report = try await probe.look(at: worker.spec)
            let wasUp = worker.isUp
            let changed = worker.answered(models: report.models, version: report.version, at: .now)
            if !wasUp { logger.info("engine up", metadata: ["engine": "\(worker.spec.name)", "url": "\(worker.spec.url)"]) }
            return changed
        } catch {
            return missed(worker, error, progressBefore: before)
        }
    }

    /// A refused connection is certain at once; silence only after a second miss, and never while bytes still come.
    private func missed(_ worker: Worker, _ error: any Error, progressBefore: Int) -> Bool {
        let reason = (error as? AuroraError)?.message ?? "\(error)"
        if (error as? AuroraError)?.code == .timedOut {
            guard worker.progress.load(ordering: .relaxed) == progressBefore, worker.missed() > pace.missesAllowed else { return false }
        }
        let wasUp = worker.isUp
        let changed = worker.markDown(reason)
        if wasUp { logger.warning("engine down", metadata: ["engine": "\(worker.spec.name)", "reason": "\(reason)"]) }
        return changed
    }

    private func discover() async {
        let known = Set(workers.withLock { $0 }.map { Discovery.canonical($0.spec.url) })
        let unknown = places.filter { !known.contains(Discovery.canonical($0.url)) }
        let found = await withTaskGroup(of: EngineSpec?.self) { group in
            for place in unknown { group.addTask { await self.probe.isEngine(place) ? place : nil } }
            return await group.reduce(into: [EngineSpec]()) { list, place in place.map { list.append($0) } }
        }
        for place in found {
            guard let worker = try? Worker(place) else { continue }
            workers.withLock { $0.append(worker) }
            logger.info("engine found", metadata: ["engine": "\(place.name)", "url": "\(place.url)"])
        }
    }

    /// All workers, in the order in which they became known.
    public var all: [Worker] { workers.withLock { $0 } }
}

/// Lets others wait for the first round of polls.
private final class FirstLook: Sendable {
    private struct State {
        var engines: Int?
        var waiting: [CheckedContinuation<Int, Never>] = []
    }
    private let state = Mutex(State())

    func done(engines: Int) {
        let waiting = state.withLock { state in
            state.engines = engines
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: engines) }
    }

    func wait() async -> Int {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state in
                if state.engines == nil { state.waiting.append(continuation) }
                return state.engines
            }
            if let known { continuation.resume(returning: known) }
        }
    }
}
