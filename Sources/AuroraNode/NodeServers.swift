import AuroraChat
import AuroraConfig
import AuroraHTTP
import AuroraInference
import AuroraMesh
import AuroraModel
import AuroraMonitoring
import AuroraRuntime
import AuroraSystem
import AuroraTasks
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// The listeners of a node: gateway, chat, console and the unix socket, each with its routes.
struct NodeServers: Sendable {
    let sockets: NodeSockets
    let manifest: Manifest
    let cors: CORS
    let gateway: Gateway
    let registry: EngineRegistry
    let manager: ModelManager
    let http: any HTTPCalling
    let chat: ChatService
    let tasks: TaskService
    let runtime: RuntimeService
    let status: StatusSource
    let view: MeshSource
    let drains: NodeDrains
    let tokens: TokenBook
    let mesh: Mesh
    let metrics: PrometheusMetrics
    let group: any EventLoopGroup
    let logger: Logger

    /// One service for all of them, so that every port stops accepting, and no further task is begun, at the same moment.
    func make() -> any Service {
        ConcurrentServices(services: [gatewayListener(), chatListener(), consoleListener(), tasks])
    }

    private func gatewayListener() -> HTTPListener {
        let router = Router(context: NodeContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: NodeMiddleware(authenticator: tokens.authenticator, cors: cors, errorBody: Self.errorBody))
        common(PackageResources.openapi_gateway_json).add(to: router)
        GatewayRoutes(registry: registry, http: http, aliases: manifest.modelAliases).add(to: router)
        ModelRoutes(manager: manager).add(to: router)
        TaskRoutes(service: tasks).add(to: router)
        viewRoutes.addSummary(to: router)
        RouteMethods.complete(router)
        let gateway = gateway
        let channel = NodeChannel(
            limits: limits, front: { gateway.makeHandlers(on: $0) }, responder: RouterResponder.make(router, logger: logger))
        return HTTPListener("gateway", sockets: sockets.gateway, channel: channel, group: group, logger: logger)
    }

    /// Tasks and the mesh are APIs of Aurora's own; all else on this port speaks another program's dialect, errors included.
    @Sendable
    private static func errorBody(_ error: AuroraError, status: Int, path: String, requestID: String) -> ByteBuffer {
        path == "/tasks" || path.hasPrefix("/tasks/") || path.hasPrefix("/mesh/")
            ? ErrorResponse.ownShape(error, requestID: requestID)
            : GatewayRoutes.errorBody(error, status: status, path: path, requestID: requestID)
    }

    private func chatListener() -> HTTPListener {
        let router = Router(context: NodeContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: NodeMiddleware(authenticator: tokens.authenticator, cors: cors))
        common(ChatAPIDescription.json).add(to: router)
        addChatRoutes(to: router, service: chat, gateway: gatewayAddress)
        RouteMethods.complete(router)
        return HTTPListener("chat", sockets: sockets.chat, channel: channel(router), group: group, logger: logger)
    }

    /// The console's page speaks to one origin only, and the command line to one socket, so the routes of chat, tasks and models stand here
    /// too.
    private func consoleListener() -> HTTPListener {
        let router = Router(context: NodeContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: NodeMiddleware(authenticator: tokens.authenticator, openPaths: ConsoleRoutes.openPaths, cors: cors))
        common(PackageResources.openapi_node_json).add(to: router)
        NodeRoutes(status: status, tokens: tokens).add(to: router)
        viewRoutes.add(to: router)
        TaskRoutes(service: tasks).add(to: router)
        ModelRoutes(manager: manager).addCalls(to: router)
        mesh.routes.add(to: router)
        ServiceRoutes(runtime: runtime, kept: manifest.keep.map(\.name)).add(to: router)
        ConsoleRoutes().add(to: router)
        addChatRoutes(to: router, service: chat, gateway: gatewayAddress)
        RouteMethods.complete(router)
        let channel = channel(router, pipe: mesh.pipe)
        return HTTPListener("console", sockets: sockets.console + [sockets.local], channel: channel, group: group, logger: logger)
    }

    private func channel(_ router: Router<NodeContext>, pipe: PipeMount? = nil) -> NodeChannel {
        let mount = WebSocketMount(ChatSocket(service: chat), authenticator: tokens.authenticator, scope: .chat, cors: cors)
        return NodeChannel(limits: limits, webSocket: mount, pipe: pipe, responder: RouterResponder.make(router, logger: logger))
    }

    private func common(_ description: [UInt8]) -> CommonRoutes {
        let (status, metrics) = (status, metrics)
        return CommonRoutes(isReady: { status.isReady }, metrics: { metrics.render() }, description: description)
    }

    private var viewRoutes: MeshViewRoutes {
        let loader = ModelLoader(gateway: sockets.addresses.gateway, token: tokens.authenticator.ownToken, http: http)
        return MeshViewRoutes(source: view, drains: drains, peers: PeerDrains(registry: registry, http: http), loader: loader)
    }

    private var gatewayAddress: GatewayAddress {
        GatewayAddress(url: sockets.addresses.gateway, http: http, token: tokens.authenticator.ownToken)
    }

    private var limits: HTTPLimits { HTTPLimits(headerBytes: manifest.limits.headerBytes) }
}

/// Services that start and stop together.
private struct ConcurrentServices: Service {
    let services: [any Service]

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services { group.addTask { try await service.run() } }
            try await group.waitForAll()
        }
    }
}
