import AuroraModel
public import Logging
public import NIOCore
import NIOExtras
import NIOPosix
public import ServiceLifecycle

/// Serves bound sockets until told to stop; then takes no more connections, lets running answers finish and returns.
public struct HTTPListener: Service {
    private typealias Accepted = NIOAsyncChannel<NodeChannel.Value, Never>

    private let name: String
    private let sockets: [BoundSocket]
    private let channel: NodeChannel
    private let group: any EventLoopGroup
    private let logger: Logger

    /// - Parameter name: for the log, such as `gateway`.
    public init(_ name: String, sockets: [BoundSocket], channel: NodeChannel, group: any EventLoopGroup, logger: Logger) {
        self.name = name
        self.sockets = sockets
        self.channel = channel
        self.group = group
        self.logger = logger
    }

    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for socket in sockets {
                tasks.addTask { try await serve(socket) }
            }
            try await tasks.waitForAll()
        }
    }

    private func serve(_ socket: BoundSocket) async throws {
        let quiescing = ServerQuiescingHelper(group: group)
        let server = try await accept(socket, quiescing: quiescing)
        socket.lengthenQueue()
        logger.debug("listening", metadata: ["listener": "\(name)", "address": "\(socket.url)"])
        try await withGracefulShutdownHandler {
            try await withThrowingDiscardingTaskGroup { connections in
                try await server.executeThenClose { inbound in
                    for try await connection in inbound {
                        connections.addTask { await channel.handle(value: connection, logger: logger) }
                    }
                }
            }
        } onGracefulShutdown: {
            quiescing.initiateShutdown(promise: nil)
        }
    }

    private func accept(_ socket: BoundSocket, quiescing: ServerQuiescingHelper) async throws -> Accepted {
        try await ServerBootstrap(group: group)
            .serverChannelInitializer { server in
                server.eventLoop.makeCompletedFuture {
                    try server.pipeline.syncOperations.addHandler(quiescing.makeServerChannelHandler(channel: server))
                }
            }
            // A client that closes its side has gone: the engine's work for it must stop.
            .childChannelOption(.allowRemoteHalfClosure, value: false)
            .childChannelOption(.autoRead, value: false)
            .bind(socket.descriptor) { connection in
                connection.setNoDelay(for: socket).flatMap { channel.setup(channel: connection, logger: logger) }
            }
    }
}

extension Channel {
    /// First chunks would wait up to 40 ms for more to come (Nagle's algorithm with delayed acknowledgements).
    fileprivate func setNoDelay(for socket: BoundSocket) -> EventLoopFuture<Void> {
        guard case .tcp = socket.address else { return eventLoop.makeSucceededVoidFuture() }
        return setOption(.socketOption(.tcp_nodelay), value: 1)
    }
}
