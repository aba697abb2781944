import AuroraHTTP
import AuroraSystem
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// A real listener on a free port with the routes of one test, stopped gracefully at the test's end.
struct TestServer: Sendable {
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPFields
        let body: String
    }

    let port: Int
    let http: NodeHTTPClient
    private let services: ServiceGroup

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func with(
        socket: BoundSocket? = nil, limits: HTTPLimits = HTTPLimits(), webSocket: WebSocketMount? = nil, _ routes: Router<NodeContext>,
        _ body: @Sendable (TestServer) async throws -> Void
    ) async throws {
        let socket = try socket ?? BoundSocket.tcp(host: "127.0.0.1", port: 0)
        let group = MultiThreadedEventLoopGroup.singleton
        let channel = NodeChannel(limits: limits, webSocket: webSocket, responder: RouterResponder.make(routes, logger: logger))
        let listener = HTTPListener("test", sockets: [socket], channel: channel, group: group, logger: logger)
        let server = TestServer(
            port: socket.port, http: NodeHTTPClient(pools: try UpstreamPools(group: group)),
            services: ServiceGroup(services: [listener], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await server.services.run() }
            try await body(server)
            await server.stop()
            try await tasks.waitForAll()
        }
    }

    /// Begins the graceful stop and returns at once.
    func stop() async { await services.triggerGracefulShutdown() }

    func open(_ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], body: String? = nil) async throws -> HTTPReply {
        try await http.call(
            HTTPCall(method, "http://127.0.0.1:\(port)\(path)", headers: headers, body: body.map { ByteBuffer(string: $0) }))
    }

    func ask(_ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], body: String? = nil) async throws -> Answer {
        try await Answer(open(method, path, headers: headers, body: body))
    }

    func open(_ path: String, headers: HTTPFields = [:]) async throws -> HTTPReply { try await open(.get, path, headers: headers) }

    func ask(_ path: String, headers: HTTPFields = [:]) async throws -> Answer { try await ask(.get, path, headers: headers) }
}

extension TestServer.Answer {
    init(_ reply: HTTPReply) async throws {
        self.init(status: reply.status, headers: reply.headers, body: String(buffer: try await reply.collect(upTo: 1 << 24)))
    }
}

extension BoundSocket {
    /// 0 for a unix socket.
    var port: Int { if case .tcp(_, let port) = address { port } else { 0 } }
}
