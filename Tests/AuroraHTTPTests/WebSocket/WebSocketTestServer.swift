import AuroraModel
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

@testable import AuroraHTTP

/// A listener on a free port that mounts the upgrade as the product's does.
struct WebSocketTestServer: Service {
    let port: Int
    private let listener: NIOAsyncChannel<EventLoopFuture<WebSocketSession?>, Never>
    private let endpoint: any WebSocketEndpoint

    static func start(_ endpoint: any WebSocketEndpoint, settings: WebSocketSettings) async throws -> Self {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.socketOption(.so_rcvbuf), value: 64 * 1024)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try WebSocketUpgrade.configure(
                        channel, settings: settings,
                        accept: { head in
                            endpoint.accepts(path: head.uri)
                                && OriginCheck.allows(origin: head.headers.first(name: "Origin"), host: "127.0.0.1")
                        },
                        webSocket: Optional.some,
                        http: { channel in
                            try channel.pipeline.syncOperations.addHandler(PathHandler())
                            return nil
                        })
                }
            }
        guard let port = listener.channel.localAddress?.port else { throw ChannelError.unknownLocalAddress }
        return Self(port: port, listener: listener, endpoint: endpoint)
    }

    /// Serves until cancelled, or until a graceful shutdown has ended every session.
    func run() async throws {
        try await withGracefulShutdownHandler {
            try await listener.executeThenClose { connections in
                try await withThrowingDiscardingTaskGroup { group in
                    for try await connection in connections { group.addTask { await serve(connection) } }
                }
            }
        } onGracefulShutdown: {
            listener.channel.close(promise: nil)
        }
    }

    private func serve(_ connection: EventLoopFuture<WebSocketSession?>) async {
        guard let session = try? await connection.get() else { return }
        await session.run(endpoint, request: session.request, principal: .anonymous)
    }

    /// Runs a server around `body`.
    static func with<Value: Sendable>(
        settings: WebSocketSettings = .unhurried, _ serve: @escaping TestEndpoint.Serve,
        _ body: @Sendable (Int) async throws -> Value
    ) async throws -> Value {
        let server = try await start(TestEndpoint(body: serve), settings: settings)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let value = try await body(server.port)
            group.cancelAll()
            return value
        }
    }
}

extension WebSocketSettings {
    /// Without pings, which would come between the frames a test expects.
    static var unhurried: Self {
        var settings = Self()
        settings.nextPing = { try await Task.sleep(for: .seconds(3600)) }
        return settings
    }
}

struct TestEndpoint: WebSocketEndpoint {
    typealias Serve = @Sendable (any WebSocketConnection, HTTPRequest) async -> Void

    let body: Serve

    func accepts(path: String) -> Bool { path == "/ws" }

    func serve(_ socket: any WebSocketConnection, request: HTTPRequest, principal: Principal) async { await body(socket, request) }

    /// Sends every message back.
    static let echo: Serve = { socket, _ in
        for await text in socket.messages { try? await socket.send(text) }
    }
}

/// Answers what was not upgraded, as a router would: 404 and the path. Keeps the connection unless the request says otherwise.
private final class PathHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private var head: HTTPRequestHead?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end: if let head { answer(head, context) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let head = HTTPResponseHead(version: .http1_1, status: .badRequest, headers: ["content-length": "0"])
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }

    private func answer(_ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let headers: HTTPHeaders = [
            "content-length": "0", "x-path": request.uri, "connection": request.isKeepAlive ? "keep-alive" : "close",
        ]
        context.write(Self.wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .notFound, headers: headers))), promise: nil)
        let sent = context.writeAndFlush(Self.wrapOutboundOut(.end(nil)))
        if !request.isKeepAlive { sent.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
    }
}
