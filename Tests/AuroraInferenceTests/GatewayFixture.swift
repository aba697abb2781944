import AuroraDialects
import AuroraHTTP
import AuroraModel
import AuroraRouting
import AuroraSystem
import AuroraTestSupport
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix

@testable import AuroraInference

/// A gateway on a free port in front of engines, as a node composes it, for the time of one test.
struct GatewayFixture: Sendable {
    let port: Int
    let http: NodeHTTPClient
    let registry: EngineRegistry
    let gateway: Gateway
    let manager: ModelManager
    /// No request body takes up room.
    var holdsNothing: Bool { gateway.bodiesInMemory.now == 0 && gateway.bodiesInFiles.now == 0 }
    var url: String { "http://127.0.0.1:\(port)" }

    static func with(
        _ engines: [EngineSpec], places: [EngineSpec] = [], limits: GatewayLimits = GatewayLimits(),
        routing: RouterSettings = RouterSettings(), authenticator: Authenticator = Authenticator(), rules: ModelRules = ModelRules(),
        _ body: @Sendable (GatewayFixture) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let pools = try UpstreamPools(group: MultiThreadedEventLoopGroup.singleton)
        let http = NodeHTTPClient(pools: pools)
        let pace = EngineRegistry.Pace(interval: .milliseconds(20), timeout: .seconds(2), discoverEvery: 1, missesAllowed: 1)
        let registry = try EngineRegistry(
            node: "here", engines: engines, places: places, http: http, router: MeshRouter(Router(routing)), pace: pace, logger: logger)
        let manager = ModelManager(engines: RegistryEngines(registry: registry, http: http), rules: rules, logger: logger)
        let gateway = try Gateway(
            node: "here", limits: limits, router: registry.router, authenticator: authenticator, pools: pools,
            unload: { await manager.unload($0, path: $1, body: $2, isForwarded: $3) }, logger: logger)
        let router = Router(context: NodeContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: NodeMiddleware(authenticator: authenticator, errorBody: GatewayRoutes.errorBody))
        GatewayRoutes(registry: registry, http: http, aliases: rules.aliases).add(to: router)
        ModelRoutes(manager: manager).add(to: router)
        RouteMethods.complete(router)
        let channel = NodeChannel(front: { gateway.makeHandlers(on: $0) }, responder: RouterResponder.make(router, logger: logger))
        let socket = try BoundSocket.tcp(host: "127.0.0.1", port: 0)
        guard case .tcp(_, let port) = socket.address else { return }
        let listener = HTTPListener("gateway", sockets: [socket], channel: channel, group: pools.group, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            group.addTask { try? await registry.run() }
            _ = await registry.afterFirstLook()
            try await body(GatewayFixture(port: port, http: http, registry: registry, gateway: gateway, manager: manager))
            group.cancelAll()
            while let _ = await group.nextResult() {}
        }
    }

    func post(_ path: String, _ body: String, headers: HTTPFields = [:]) async throws -> (status: Int, headers: HTTPFields, body: String) {
        let reply = try await open(path, body, headers: headers)
        return (reply.status, reply.headers, String(buffer: try await reply.collect(upTo: 1 << 24)))
    }

    func open(_ path: String, _ body: String, headers: HTTPFields = [:]) async throws -> HTTPReply {
        var headers = headers
        headers[.contentType] = "application/json"
        return try await http.call(HTTPCall(.post, url + path, headers: headers, body: ByteBuffer(string: body)))
    }

    func ask(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, headers: HTTPFields = [:]
    ) async throws -> (status: Int, headers: HTTPFields, body: String) {
        let reply = try await http.call(
            HTTPCall(method, url + path, headers: headers, body: body.map { ByteBuffer(string: $0) }))
        return (reply.status, reply.headers, String(buffer: try await reply.collect(upTo: 1 << 24)))
    }

    func get(_ path: String) async throws -> (status: Int, headers: HTTPFields, body: String) {
        let reply = try await http.call(HTTPCall(.get, url + path))
        return (reply.status, reply.headers, String(buffer: try await reply.collect(upTo: 1 << 24)))
    }
}

extension FakeEngine {
    func spec(_ name: String, parallel: Int? = nil, apiKey: Secret? = nil) -> EngineSpec {
        EngineSpec(name: name, kind: kind, url: url, apiKey: apiKey, source: .manifest, parallel: parallel)
    }
}

extension RouterSettings {
    /// Workers count as hung after so many seconds.
    static func silent(after seconds: Double) -> RouterSettings {
        var settings = RouterSettings()
        settings.silenceFirst = seconds...seconds
        settings.silenceBetween = seconds...seconds
        return settings
    }
}

extension HTTPFields {
    subscript(name: String) -> String? { HTTPField.Name(name).flatMap { self[$0] } }
}

let chatBody = #"{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}"#
let wholeBody = #"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#
