import AuroraHTTP
import AuroraModel
import AuroraSystem
import AuroraTestSupport
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

@testable import AuroraMesh

/// A node of a mesh in this process: its services and one port with its mesh API and the routes that a test gives it.
struct MeshNode: Sendable {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    static let group = MultiThreadedEventLoopGroup.singleton

    let url: String
    let mesh: Mesh
    let sink: RecordingSink
    let http: NodeHTTPClient
    private let services: ServiceGroup

    /// What a test may set.
    struct Setup: Sendable {
        var mesh = "home"
        var others: [PeerTarget] = []
        var nodeToken: Secret?
        var tokens: [(hash: String, principal: Principal)] = []
        var joins: [JoinTarget] = []
        var dialers: [TunnelDialer] = []
        /// What it calls itself in its report.
        var reportedName: String?
    }

    /// Runs a node until the body returns, then stops it gracefully.
    static func with(
        _ name: String, role: NodeRole = .gpu, socket: BoundSocket? = nil, _ setup: Setup = Setup(),
        routes: @Sendable (Router<NodeContext>) -> Void = { _ in },
        _ body: @Sendable (MeshNode) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder async throws in
            let node = try MeshNode(name, role, socket ?? .tcp(host: "127.0.0.1", port: 0), setup, routes, folder)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await node.services.run() }
                try await body(node)
                await node.services.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
    }

    private init(
        _ name: String, _ role: NodeRole, _ socket: BoundSocket, _ setup: Setup, _ routes: (Router<NodeContext>) -> Void, _ folder: String
    ) throws {
        let http = NodeHTTPClient(pools: try UpstreamPools(group: Self.group))
        let sink = RecordingSink()
        let me = NodeIdentity(name: name, role: role, mesh: setup.mesh)
        let port = Int(socket.url.split(separator: ":").last ?? "") ?? 0
        let authenticator = Authenticator(setup.tokens, nodeToken: setup.nodeToken)
        let mesh = try Mesh(
            .init(
                me: me, others: setup.others, nodeToken: setup.nodeToken, joins: setup.joins, folder: folder + "/tunnels",
                gateway: socket.url, api: socket.url),
            authenticator: authenticator, sink: sink,
            report: { Self.report(setup.reportedName ?? name, role, mesh: setup.mesh, port: port) }, http: http, group: Self.group,
            logger: Self.logger)
        let router = Router(context: NodeContext.self)
        router.add(middleware: NodeMiddleware(authenticator: authenticator))
        mesh.routes.add(to: router)
        routes(router)
        let channel = NodeChannel(pipe: mesh.pipe, responder: RouterResponder.make(router, logger: Self.logger))
        let listener = HTTPListener("test", sockets: [socket], channel: channel, group: Self.group, logger: Self.logger)
        services = ServiceGroup(services: mesh.services + setup.dialers + [listener], logger: Self.logger)
        (self.url, self.mesh, self.sink, self.http) = (socket.url, mesh, sink, http)
    }

    static func report(_ name: String, _ role: NodeRole = .gpu, mesh: String = "home", port: Int = 8001) -> NodeReport {
        NodeReport(
            node: name, role: role, mesh: mesh, version: "1.2.3", gatewayPort: port, uptimeSeconds: 5, isDraining: false,
            workers: [
                WorkerReport(
                    name: "ollama", kind: .ollama, isUp: true, slots: 4,
                    models: [ModelReport(name: "tiny:1b", loaded: true, listed: "{\"name\":\"tiny:1b\"}")])
            ],
            gpus: [GPUReport(name: "H100", vendor: "nvidia", memoryBytes: 80 << 30)])
    }

    func hears(_ node: String) async -> Bool { await eventually { sink[node] != nil } }

    func misses(_ node: String) async -> Bool { await eventually { sink.reason(node) != nil } }

    func ask(_ path: String, token: String? = nil) async throws -> (status: Int, body: String) {
        let reply = try await http.call(HTTPCall(.get, url + path, headers: token.map { [.authorization: "Bearer \($0)"] } ?? [:]))
        return (reply.status, String(buffer: try await reply.collect(upTo: 1 << 24)))
    }
}

extension PeerTarget {
    init(_ name: String, at url: String, role: NodeRole = .gpu) { self.init(name: name, role: role, api: url) }
}
