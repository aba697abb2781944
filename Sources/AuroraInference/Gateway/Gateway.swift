public import AuroraHTTP
import AuroraModel
public import Logging
public import NIOCore
import Synchronization

import func Foundation.NSTemporaryDirectory

/// Limits and waits of the gateway.
public struct GatewayLimits: Sendable {
    /// Largest request head, in bytes.
    public var headerBytes: Int
    /// Largest request body, in bytes.
    public var bodyBytes: Int
    /// Request bodies held in memory at the same time, all clients together, in bytes.
    public var heldBytes: Int
    /// A larger body lies in a file without a name instead of in memory.
    public var memoryBodyBytes = 1024 * 1024
    /// Request bodies in such files at the same time, all clients together, in bytes.
    public var storedBytes = 4 * 1024 * 1024 * 1024
    /// The folder of such files.
    public var bodyFolder: String
    /// Requests being answered or waiting at the same time.
    public var concurrency: Int
    public var connect: Duration
    /// A client waiting this long for an SSE answer gets a comment, and again after each such while.
    public var keepAlive: Duration
    /// A request that did harm to so many workers is given up.
    public var poisonLimit = 3

    public init(
        headerBytes: Int = 32 * 1024, bodyBytes: Int = 100 * 1024 * 1024, heldBytes: Int = 512 * 1024 * 1024, concurrency: Int = 2048,
        connect: Duration = .seconds(2), keepAlive: Duration = .seconds(10), bodyFolder: String? = nil
    ) {
        self.headerBytes = headerBytes
        self.bodyBytes = bodyBytes
        self.heldBytes = heldBytes
        self.concurrency = concurrency
        self.connect = connect
        self.keepAlive = keepAlive
        self.bodyFolder = bodyFolder ?? NSTemporaryDirectory()
    }
}

/// What all connections of the gateway share.
public final class Gateway: Sendable {
    let limits: GatewayLimits
    /// The name of this node.
    let node: String
    public let router: MeshRouter
    let models: ModelNames
    /// Takes a model out of memory wherever it is; nil leaves such requests to the engines.
    let unload: Unload?

    /// Model, path, body, and whether another node passed it on. Nil when no engine has the model.
    public typealias Unload = @Sendable (String, String, ByteBuffer, Bool) async -> (status: Int, body: ByteBuffer)?

    /// The last requests and why they went where they went.
    public let log = DecisionLog()
    let authenticator: Authenticator
    let cors: CORS
    let logger: Logger
    let metrics: GatewayMetrics
    private let loops: [ObjectIdentifier: NIOLoopBound<GatewayLoop>]

    let inFlight = Atomic<Int>(0)
    let bodiesInMemory: ByteBudget
    let bodiesInFiles: ByteBudget
    private let requestsTotal = Atomic<Int>(0)
    private let failuresTotal = Atomic<Int>(0)
    private let tokensTotal = Atomic<Int>(0)

    public init(
        node: String, limits: GatewayLimits, router: MeshRouter, models: ModelNames = ModelNames(), authenticator: Authenticator,
        cors: CORS = CORS(), pools: UpstreamPools, unload: Unload? = nil, logger: Logger
    ) throws {
        self.node = node
        self.router = router
        self.models = models
        self.unload = unload
        self.limits = limits
        bodiesInMemory = ByteBudget(limits.heldBytes)
        bodiesInFiles = ByteBudget(limits.storedBytes)
        self.authenticator = authenticator
        self.cors = cors
        self.logger = logger
        metrics = GatewayMetrics()
        var loops: [ObjectIdentifier: NIOLoopBound<GatewayLoop>] = [:]
        for loop in pools.group.makeIterator() {
            loops[ObjectIdentifier(loop)] = try loop.submit {
                guard let pool = pools.pool(on: loop) else { throw AuroraError(.failed, "the event loop has no connection pool") }
                return NIOLoopBound(GatewayLoop(pool: pool, router: router), eventLoop: loop)
            }.wait()
        }
        self.loops = loops
    }

    /// The handlers for a new connection, around its HTTP codec.
    public func makeHandlers(on loop: any EventLoop) -> FrontHandlers {
        guard let state = loops[ObjectIdentifier(loop)]?.value else {
            return FrontHandlers(bytes: PassingHandler(), parts: PassingHandler())
        }
        let handler = GatewayHandler(self, loop: state)
        return FrontHandlers(bytes: handler, parts: PassedAnswerTap(handler))
    }

    /// Totals since the start.
    public struct Load: Sendable {
        public let inFlight: Int
        public let requests: Int
        public let failures: Int
        public let tokens: Int
    }

    public var load: Load {
        Load(
            inFlight: inFlight.load(ordering: .relaxed), requests: requestsTotal.load(ordering: .relaxed),
            failures: failuresTotal.load(ordering: .relaxed), tokens: tokensTotal.load(ordering: .relaxed))
    }

    /// Takes a place among the requests in flight; false when all are taken.
    func admit() -> Bool {
        guard inFlight.wrappingAdd(1, ordering: .relaxed).newValue <= limits.concurrency else {
            inFlight.wrappingSubtract(1, ordering: .relaxed)
            return false
        }
        requestsTotal.wrappingAdd(1, ordering: .relaxed)
        return true
    }

    /// Counts bytes of a body until they are let go of; false when there are too many.
    func hold(_ bytes: Int, inFile: Bool = false) -> Bool { inFile ? bodiesInFiles.take(bytes) : bodiesInMemory.take(bytes) }

    func letGo(_ held: HeldBytes) {
        if held.memory > 0 { bodiesInMemory.giveBack(held.memory) }
        if held.file > 0 { bodiesInFiles.giveBack(held.file) }
    }

    func leave(failed: Bool) {
        inFlight.wrappingSubtract(1, ordering: .relaxed)
        if failed { failuresTotal.wrappingAdd(1, ordering: .relaxed) }
    }

    func count(tokens: Int) { tokensTotal.wrappingAdd(tokens, ordering: .relaxed) }
}

/// Stands in where a connection's loop has no gateway state; lets everything through.
private final class PassingHandler: ChannelInboundHandler {
    typealias InboundIn = NIOAny
}

/// What the connections of one event loop share. Confined to it.
final class GatewayLoop {
    /// How exactly deadlines are kept. One timer a loop costs less than one a request.
    private static let tick = TimeAmount.milliseconds(100)

    let pool: UpstreamPool
    private var active: [ObjectIdentifier: Exchange] = [:]
    private var ticking = false

    private let router: MeshRouter

    init(pool: UpstreamPool, router: MeshRouter) {
        self.pool = pool
        self.router = router
    }

    func began(_ exchange: Exchange) {
        active[ObjectIdentifier(exchange)] = exchange
        if !ticking { scheduleTick() }
    }

    func ended(_ exchange: Exchange) {
        active[ObjectIdentifier(exchange)] = nil
    }

    private func scheduleTick() {
        ticking = true
        pool.loop.assumeIsolated().scheduleTask(in: Self.tick) { [weak self] in self?.look() }
    }

    private func look() {
        ticking = false
        let now = NIODeadline.now()
        router.tick()
        for exchange in active.values { exchange.look(at: now) }
        if !active.isEmpty { scheduleTick() }
    }
}
