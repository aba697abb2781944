public import AuroraHTTP
public import AuroraModel
public import Logging
public import NIOCore
import NIOHTTP1
import NIOPosix
public import ServiceLifecycle
import Synchronization

/// The coordinator's end of all tunnels: lets nodes join, and leads connections on its unix sockets to them.
///
/// To the rest of this process a joined node is an ordinary HTTP server on a unix socket.
public final class TunnelHub: Service, Sendable {
    struct State {
        var nodes: [String: JoinedNode] = [:]
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isStopping = false
    }

    private let me: NodeIdentity
    private let board: PeerBoard
    let sockets: TunnelSockets
    private let authenticator: Authenticator
    private let needsToken: Bool
    private let group: any EventLoopGroup
    let pace: TunnelPace
    let logger: Logger
    let state = Mutex(State())

    /// - Parameters:
    ///   - folder: for the unix sockets; of this process alone.
    ///   - needsToken: whether a node may only join with a token, even where other callers need none.
    /// Throws `failed` when the folder cannot be made.
    public convenience init(
        me: NodeIdentity, board: PeerBoard, folder: String, authenticator: Authenticator, needsToken: Bool, group: any EventLoopGroup,
        logger: Logger
    ) throws(AuroraError) {
        try self.init(
            me: me, board: board, folder: folder, authenticator: authenticator, needsToken: needsToken, group: group, pace: TunnelPace(),
            logger: logger)
    }

    init(
        me: NodeIdentity, board: PeerBoard, folder: String, authenticator: Authenticator, needsToken: Bool, group: any EventLoopGroup,
        pace: TunnelPace, logger: Logger
    ) throws(AuroraError) {
        self.me = me
        self.board = board
        self.authenticator = authenticator
        self.needsToken = needsToken
        self.group = group
        self.pace = pace
        self.logger = logger
        sockets = try TunnelSockets(folder: folder)
    }

    /// The joined nodes, as `PeerWatch` asks them.
    public var targets: [PeerTarget] {
        state.withLock { $0.nodes.values.map(\.hello) }.map { hello in
            PeerTarget(
                name: hello.node, role: hello.role, api: sockets.url(hello.node, .api), gateway: sockets.url(hello.node, .gateway))
        }
    }

    /// Pipes of each joined node.
    var pipes: [String: (ready: Int, open: Int)] {
        state.withLock { $0.nodes.mapValues { (ready: $0.ready.count, open: $0.pipes.count - $0.ready.count) } }
    }

    /// Takes requests to join; to be mounted where the node API is.
    public var mount: PipeMount {
        PipeMount(
            name: TunnelHello.protocolName,
            accepts: { [self] head in
                guard head.uri == TunnelHello.path, !head.headers.contains(name: "origin") else { return false }
                return (try? admit(principal(head.headers)) { head.headers.first(name: $0) }) != nil
            },
            open: { [self] channel, head in
                adopt(channel, try TunnelHello { head.headers.first(name: $0) })
            })
    }

    /// Until the node stops; closes every pipe then, when those who served requests over them have ended.
    public func run() async throws {
        try? await gracefulShutdown()
        let channels = state.withLock { state in
            state.isStopping = true
            return Array(state.channels.values) + state.nodes.values.flatMap { $0.servers + $0.waiting.map(\.channel) }
        }
        for channel in channels { channel.close(promise: nil) }
        for channel in channels { try? await channel.closeFuture.get() }
    }

    /// Who wants to join, when nothing speaks against it; throws the reason otherwise.
    func admit(_ principal: Principal, header: (String) -> String?) throws(AuroraError) -> TunnelHello {
        let hello = try TunnelHello(header: header)
        if needsToken, principal == .anonymous {
            throw AuroraError(
                .unauthorized, "nodes join this one with a token",
                hint: "give 'aurora up --join' the node token, or one with the scope mesh"
            )
        }
        guard principal.may(.mesh) else {
            throw AuroraError(.forbidden, "the token '\(principal.name)' does not have the scope 'mesh'")
        }
        let (known, nodes, isStopping) = state.withLock { ($0.nodes[hello.node], $0.nodes.count, $0.isStopping) }
        if isStopping { throw AuroraError(.unavailable, "this node is stopping") }
        let admission = TunnelAdmission(
            me: me, status: board[hello.node], joined: known?.hello.instance, pipes: known?.pipes.count ?? 0, nodes: nodes)
        if let refusal = admission.refusal(of: hello) { throw refusal }
        return hello
    }

    private func principal(_ headers: HTTPHeaders) throws(AuroraError) -> Principal {
        let caller = try authenticator.principal(
            authorization: headers.first(name: "authorization"), apiKey: headers.first(name: "x-api-key"))
        try BrowserGuard.check(caller, origin: nil, host: headers.first(name: "host"))
        return caller
    }

    /// On the pipe's event loop.
    private func adopt(_ channel: any Channel, _ hello: TunnelHello) {
        let node = hello.node
        let pipe = HubPipe(channel: channel, pace: pace) { [self] in
            state.withLock { ($0.nodes[node]?.ready.count ?? 0) > pace.keptReady }
        }
        let handle = HubPipe.Handle(channel: channel, pipe: NIOLoopBound(pipe, eventLoop: channel.eventLoop))
        do {
            try channel.pipeline.syncOperations.addHandler(pipe)
            let decision = try register(handle, hello)
            channel.watchForSilentEnd()
            channel.closeFuture.whenComplete { _ in self.closed(handle, hello) }
            perform(decision, node)
        } catch {
            logger.error(
                "a node could not join", metadata: ["node": "\(node)", "reason": "\((error as? AuroraError)?.message ?? "\(error)")"])
            channel.close(promise: nil)
        }
    }

    private func register(_ pipe: HubPipe.Handle, _ hello: TunnelHello) throws -> JoinedNode.Decision? {
        let (decision, dead) = try state.withLock { state in
            guard !state.isStopping else { throw AuroraError(.unavailable, "this node is stopping") }
            var node = try state.nodes[hello.node] ?? listen(for: hello)
            var dead: [any Channel] = []
            if node.hello.instance != hello.instance {
                dead = node.pipes.compactMap { state.channels[$0] }
                node.replace(with: hello)
            }
            let decision = node.add(pipe)
            state.nodes[hello.node] = node
            state.channels[pipe.id] = pipe.channel
            return (decision, dead)
        }
        for channel in dead { channel.close(promise: nil) }
        return decision
    }

    private func listen(for hello: TunnelHello) throws(AuroraError) -> JoinedNode {
        for port in TunnelPort.allCases {
            let socket = try sockets.bind(hello.node, port)
            let server = ServerBootstrap(group: group)
                .childChannelOption(.autoRead, value: false)
                .childChannelOption(.allowRemoteHalfClosure, value: false)
                .childChannelInitializer { [self] local in
                    arrived(LocalCall(channel: local, port: port), hello.node)
                    return local.eventLoop.makeSucceededVoidFuture()
                }
                .withBoundSocket(socket.descriptor)
            server.whenSuccess { [self] in
                socket.lengthenQueue()
                keep($0, hello.node)
            }
        }
        logger.notice("node joined", metadata: ["node": "\(hello.node)"])
        return JoinedNode(hello: hello)
    }
}
