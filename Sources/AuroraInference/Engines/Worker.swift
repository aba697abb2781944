import AuroraDialects
import AuroraHTTP
public import AuroraModel
import Synchronization

/// One engine on one node as the router sees it. Counters are atomics because every event loop touches them per request.
public final class Worker: Sendable {
    public let spec: EngineSpec
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

    /// What the last poll told, and how fast finished answers were.
    struct Details: Sendable {
        var health = Health.unknown
        var models: [EngineModel] = []
        var version: String?
        var lastAnswer: ContinuousClock.Instant?
        var tokensPerSecond: Double?
        var misses = 0
    }

    enum Health: Sendable, Equatable {
        case unknown
        case up
        case down(String)
    }

    public init(_ spec: EngineSpec) throws(AuroraError) {
        self.spec = spec
        let (endpoint, path) = try Endpoint.parse(spec.url)
        self.endpoint = endpoint
        basePath = path == "/" ? "" : path
        metrics = WorkerMetrics(worker: spec.name)
    }

    var isUp: Bool { up.load(ordering: .relaxed) }

    var isFull: Bool { spec.parallel.map { inFlight.load(ordering: .relaxed) >= $0 } ?? false }

    func snapshot() -> Details { details.withLock { $0 } }

    /// A poll was answered. True when anything changed that the router looks at.
    func answered(models: [EngineModel], version: String?, at now: ContinuousClock.Instant) -> Bool {
        let changed = details.withLock { details in
            let changed = details.health != .up || details.models != models
            details.health = .up
            details.models = models
            details.version = version ?? details.version
            details.lastAnswer = now
            details.misses = 0
            return changed
        }
        up.store(true, ordering: .relaxed)
        metrics.engine(up: true, models: models.count)
        return changed
    }

    /// It is out of the rotation from now on; the next answered poll brings it back. True when it was not out before.
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

    /// Counts polls in a row without an answer.
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
}
