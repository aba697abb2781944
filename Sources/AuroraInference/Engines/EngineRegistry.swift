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

    public let router: MeshRouter
    /// The node whose registry this is.
    public let node: String
    private let probe: EngineProbe
    private let places: [EngineSpec]
    private let pace: Pace
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let state: Mutex<State>
    private let firstLook = FirstLook()

    private struct State {
        /// This node's own engines.
        var own: [Worker]
        /// Engines of other nodes, by node.
        var peers: [String: Peer] = [:]
        /// Nodes that are to take no new work, as this node was told.
        var drained: Set<String> = []
    }

    /// - Parameters:
    ///   - node: the name of this node.
    ///   - engines: those of the manifest, always shown, up or down.
    ///   - places: where discovery looks; only what answers there becomes a worker.
    public init(
        node: String, engines: [EngineSpec], places: [EngineSpec], http: any HTTPCalling, router: MeshRouter, pace: Pace = Pace(),
        clock: any Clock<Duration> = ContinuousClock(), logger: Logger
    ) throws(AuroraError) {
        var configured: [Worker] = []
        for engine in engines { configured.append(try Worker(engine, node: node)) }
        self.node = node
        self.places = places
        self.pace = pace
        self.clock = clock
        self.logger = logger
        self.router = router
        probe = EngineProbe(http: http, timeout: pace.timeout)
        state = Mutex(State(own: configured))
        publish()
    }

    /// Adds an engine while running, such as the one this node starts itself.
    public func add(_ engine: EngineSpec) throws(AuroraError) {
        let worker = try Worker(engine, node: node)
        state.withLock { $0.own.append(worker) }
    }

    /// Returns once every known engine and every place has been asked once: how many engines there are, up or down.
    public func afterFirstLook() async -> Int { await firstLook.wait() }

    public func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            var round = 0
            repeat {
                if round % pace.discoverEvery == 0 { await discover() }
                await poll()
                if round == 0 { firstLook.done(engines: own.count) }
                round += 1
            } while (try? await clock.sleep(for: pace.interval)) != nil
        }
    }

    /// One round: every engine is asked at the same time, so that a silent one delays none.
    func poll() async {
        let current = own
        let changed = await withTaskGroup(of: Bool.self) { group in
            for worker in current { group.addTask { await self.check(worker) } }
            return await group.reduce(false) { $0 || $1 }
        }
        if changed { publish() }
    }

    /// Asks one engine again at once, because something about it has just been changed or is to be. Silence is left to the polls to judge.
    func lookAgain(_ worker: Worker) async {
        guard worker.isHere, await check(worker, judgesSilence: false) else { return }
        publish()
    }

    /// Brings what is known of all workers to the router.
    func publish() {
        let (workers, drained) = state.withLock { (Self.all($0), $0.drained) }
        router.publish(workers) { drained.contains($0.node) }
    }

    private func check(_ worker: Worker, judgesSilence: Bool = true) async -> Bool {
        let before = worker.progress.load(ordering: .relaxed)
        let asked = ContinuousClock.now
        do {
            let report = try await probe.look(at: worker.spec)
            let wasUp = worker.isUp
            let changed = worker.answered(
                models: report.models, version: report.version, load: Worker.Load(report), asked: asked, at: .now)
            if !wasUp { logger.info("engine up", metadata: ["engine": "\(worker.spec.name)", "url": "\(worker.spec.url)"]) }
            return changed
        } catch let error as AuroraError where error.code == .timedOut && !judgesSilence {
            return false
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
        let known = Set(own.map { Discovery.canonical($0.spec.url) })
        let unknown = places.filter { !known.contains(Discovery.canonical($0.url)) }
        let found = await withTaskGroup(of: EngineSpec?.self) { group in
            for place in unknown { group.addTask { await self.probe.isEngine(place) ? place : nil } }
            return await group.reduce(into: [EngineSpec]()) { list, place in place.map { list.append($0) } }
        }
        for place in found {
            guard let worker = try? Worker(place, node: node) else { continue }
            state.withLock { $0.own.append(worker) }
            logger.info("engine found", metadata: ["engine": "\(place.name)", "url": "\(place.url)"])
        }
    }

    /// This node's own engines, in the order in which they became known.
    public var own: [Worker] { state.withLock { $0.own } }

    /// All workers: this node's own first, then those of other nodes by name.
    public var all: [Worker] { state.withLock { Self.all($0) } }

    private static func all(_ state: State) -> [Worker] {
        state.own + state.peers.sorted { $0.key < $1.key }.flatMap(\.value.workers)
    }
}

// MARK: - Other nodes

extension EngineRegistry: PeerSink {
    public func peer(_ report: NodeReport, gateway: String, token: Secret?, roundTrip: Duration) {
        let changed = state.withLock { state in
            var peer = state.peers[report.node] ?? Peer()
            let changed = peer.take(report, gateway: gateway, token: token, linkSeconds: roundTrip / .seconds(1))
            state.peers[report.node] = peer
            return changed
        }
        if changed { publish() }
    }

    public func peerGone(_ node: String, reason: String) {
        let changed = state.withLock { state in
            state.peers[node]?.gone(reason) ?? false
        }
        if changed { publish() }
    }

    /// What other nodes told last, by name.
    public var peers: [PeerView] { state.withLock { $0.peers.sorted { $0.key < $1.key }.compactMap { $0.value.view } } }

    // MARK: Draining

    /// Whether a node takes new work, as far as this node was told. What runs there goes on.
    public func setDrained(_ drained: Bool, node: String) {
        state.withLock { state in
            if drained { state.drained.insert(node) } else { state.drained.remove(node) }
        }
        publish()
    }

    public var drainedNodes: Set<String> { state.withLock { $0.drained } }
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
