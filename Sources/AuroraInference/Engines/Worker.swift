import AuroraDialects
import AuroraHTTP
public import AuroraModel
public import AuroraRouting
import Synchronization

/// One engine on one node as the router sees it. Counters are atomics because every event loop touches them per request.
public final class Worker: Sendable {
    /// Where an engine is reached.
    enum Place: Sendable, Equatable {
        /// Directly, from this node.
        case here
        /// Through the gateway of its node, where it has this name.
        case peer(engine: String)
    }

    private static let lastID = Atomic<Int32>(0)

    public let id: WorkerID
    /// Its name here (`node/engine` for one of another node), and how to reach it.
    public let spec: EngineSpec
    /// The node whose engine it is.
    public let node: String
    let place: Place
    let endpoint: Endpoint
    /// What stands in front of `/v1` or `/api` in the engine's URL; mostly empty.
    let basePath: String

    let inFlight = Atomic<Int>(0)
    let requests = Atomic<Int>(0)
    let failures = Atomic<Int>(0)
    /// Bytes of answers so far: an engine whose count rises is alive, however slowly it answers a poll.
    let progress = Atomic<Int>(0)
    private let up = Atomic<Bool>(false)
    private let details = Mutex(Details())
    let metrics: WorkerMetrics

    /// What the last look told, and how fast finished answers were.
    struct Details: Sendable {
        var health = Health.unknown
        var models: [EngineModel] = []
        var version: String?
        var lastAnswer: ContinuousClock.Instant?
        /// When the question was asked whose answer this is.
        var asked: ContinuousClock.Instant?
        var tokensPerSecond: Double?
        var misses = 0
        var load = Load()
    }

    /// What an engine, or its node, tells of its work.
    struct Load: Sendable, Equatable {
        /// Requests it runs at once.
        var slots: Int?
        /// Requests it works on or holds back, whoever sent them; nil when it does not tell.
        var running: Int?
        /// Round trip of a small call, in seconds.
        var linkSeconds = 0.0
        /// Its node takes no new work.
        var isDraining = false
        /// How fast it is with each model, as its node has measured it.
        var speeds: [String: ToldSpeed] = [:]
    }

    enum Health: Sendable, Equatable {
        case unknown
        case up
        case down(String)
    }

    init(_ spec: EngineSpec, node: String, place: Place = .here) throws(AuroraError) {
        id = WorkerID(Self.lastID.wrappingAdd(1, ordering: .relaxed).newValue)
        self.spec = spec
        self.node = node
        self.place = place
        let (endpoint, path) = try Endpoint.parse(spec.url)
        self.endpoint = endpoint
        basePath = path == "/" ? "" : path
        metrics = WorkerMetrics(worker: spec.name)
    }

    var isUp: Bool { up.load(ordering: .relaxed) }

    var isHere: Bool { place == .here }

    func snapshot() -> Details { details.withLock { $0 } }

    /// It answered. True when anything changed that the router looks at.
    ///
    /// - Parameter asked: an answer that comes after that of a later question is old news, such as a model deleted in between.
    func answered(
        models: [EngineModel], version: String?, load: Load, asked: ContinuousClock.Instant, at now: ContinuousClock.Instant
    ) -> Bool {
        let changed: Bool? = details.withLock { details in
            if let newest = details.asked, asked < newest { return nil }
            details.asked = asked
            let changed = details.health != .up || details.models != models || !details.load.isClose(to: load)
            details.health = .up
            details.models = models
            details.version = version ?? details.version
            details.lastAnswer = now
            details.misses = 0
            details.load = load
            return changed
        }
        guard let changed else { return false }
        up.store(true, ordering: .relaxed)
        metrics.engine(up: true, models: models.count)
        return changed
    }

    /// It is out of the rotation from now on; the next answered look brings it back. True when it was not out before.
    @discardableResult
    func markDown(_ reason: String) -> Bool {
        let changed = details.withLock { details in
            let changed = details.health != .down(reason)
            details.health = .down(reason)
            return changed
        }
        up.store(false, ordering: .relaxed)
        metrics.engine(up: false, models: 0)
        return changed
    }

    /// Counts looks in a row without an answer.
    func missed() -> Int {
        details.withLock { details in
            details.misses += 1
            return details.misses
        }
    }

    /// Smooths over roughly the last five answers.
    func measured(tokensPerSecond: Double) {
        details.withLock { details in
            details.tokensPerSecond = details.tokensPerSecond.map { $0 * 0.8 + tokensPerSecond * 0.2 } ?? tokensPerSecond
        }
    }

    /// What the router needs to know of it.
    func facts(cordoned: Bool) -> WorkerFacts {
        let details = snapshot()
        let own = inFlight.load(ordering: .relaxed)
        return WorkerFacts(
            id: id, name: spec.name, node: node, kind: spec.kind, isUp: details.health == .up,
            takesWork: !cordoned && !details.load.isDraining, slotsSet: spec.parallel, slotsTold: details.load.slots,
            linkSeconds: details.load.linkSeconds, outsideLoad: max(0, (details.load.running ?? own) - own),
            models: details.models.map {
                ModelFacts(
                    name: $0.name, isResident: $0.loaded ?? true, sizeBytes: $0.sizeBytes.map(Int64.init),
                    told: details.load.speeds[$0.name])
            })
    }
}

extension Worker.Load {
    init(_ report: EngineReport) {
        slots = report.slots
        running = report.running.map { $0 + (report.waiting ?? 0) }
    }

    /// Whether the router would decide alike; round trips differ a little each time.
    func isClose(to other: Worker.Load) -> Bool {
        slots == other.slots && running == other.running && isDraining == other.isDraining
            && abs(linkSeconds - other.linkSeconds) < 0.002 + 0.2 * linkSeconds
            // A speed matters before anything was measured here, and then a rough one will do.
            && speeds.keys == other.speeds.keys
    }
}
