import AuroraChat
import AuroraConfig
import AuroraHTTP
import AuroraInference
import AuroraLive
import AuroraMesh
import AuroraModel
public import AuroraMonitoring
import AuroraRouting
import AuroraStore
import AuroraSystem
import AuroraTasks
import Foundation
public import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import UnixSignals

/// One node: every service of the daemon, made and joined here, run as one group.
public struct Node: Sendable {
    public let addresses: NodeAddresses
    private let settings: NodeSettings
    private let services: [any Service]
    private let localEngine: LocalEngine?
    private let logger: Logger

    /// Claims the state folder, binds every socket, opens the store and joins the services; nothing runs yet.
    ///
    /// Throws `AuroraError`: `conflict` (another node has the state folder), `portTaken` (naming the owner), or what the store says.
    public static func prepare(_ settings: NodeSettings, metrics: PrometheusMetrics, logger: Logger) async throws -> Node {
        let manifest = settings.manifest
        let folder = try StateFolder.claim(settings.stateFolder)
        let sockets = try NodeSockets.bind(manifest, socketPath: NodeFiles.socket(in: folder.path))
        let store = try SQLiteStore.open(in: folder)
        let tokens = try await TokenBook(manifest: manifest.tokens, nodeToken: manifest.nodeToken, store: store)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: min(System.coreCount, Cores.usable))
        let pools = try UpstreamPools(group: group)
        let http = NodeHTTPClient(pools: pools)

        let registry = try makeRegistry(settings, sockets, http, logger)
        let manager = ModelManager(
            engines: RegistryEngines(registry: registry, http: http), rules: manifest.modelRules,
            logger: logger)
        let gateway = try Gateway(
            node: manifest.thisNode.name, limits: GatewayLimits(manifest.limits, bodyFolder: settings.stateFolder), router: registry.router,
            models: manifest.modelNames,
            authenticator: tokens.authenticator, cors: settings.cors, pools: pools,
            unload: { await manager.unload($0, path: $1, body: $2, isForwarded: $3) }, logger: logger)
        let localEngine = makeLocalEngine(settings, http, logger)
        let personalities = PersonalityLibrary(folder: manifest.personalities, logger: logger)
        let model = GatewayLanguageModel(url: sockets.addresses.gateway, token: tokens.authenticator.ownToken, http: http)
        let chat = ChatService(
            store: store, model: model, personalities: personalities, node: manifest.thisNode.name, limits: ChatLimits(manifest.limits),
            logger: logger)
        let sampler = LoadSampler { gateway.load }
        let gpuWatch = GPUWatch(environment: settings.environment, logger: logger)
        let status = StatusSource(
            manifest: manifest, addresses: sockets.addresses, registry: registry, authenticator: tokens.authenticator,
            localEngine: localEngine,
            sampler: sampler, gpus: { gpuWatch.gpus.current }, started: .now)
        let gatewayPort = sockets.gatewayPort
        let tasks = makeTasks(settings, sockets, store, tokens, registry, http, logger) {
            [OwnReport.make(status, gatewayPort: gatewayPort)] + registry.peers.filter(\.isUp).map(\.report)
        }
        let mesh = try NodeMesh.make(
            settings, sockets: sockets, sink: registry, report: { OwnReport.make(status, gatewayPort: gatewayPort) },
            authenticator: tokens.authenticator, http: http, group: group, logger: logger)
        let view = MeshSource(
            manifest: manifest, registry: registry, log: gateway.log, board: mesh.board, gpus: { gpuWatch.gpus.current },
            tasks: { tasks.latestCounts }, started: status.started)
        let runtime = try NodeServices.make(settings, http: http, logger: logger)
        let drains = NodeDrains(file: DrainFile(folder: folder.path), registry: registry, logger: logger)
        let servers = NodeServers(
            sockets: sockets, manifest: manifest, cors: settings.cors, gateway: gateway, registry: registry, manager: manager, http: http,
            chat: chat, tasks: tasks, runtime: runtime, status: status, view: view, drains: drains, tokens: tokens, mesh: mesh,
            metrics: metrics,
            group: group, logger: logger)

        // Dependencies first, the edge last: the edge stops first.
        var services: [any Service] = [
            personalities, gpuWatch, GPUMetrics(gpus: gpuWatch.gpus), registry, sampler,
            LearnedKeeper(folder: folder.path, router: registry.router, logger: logger), runtime,
        ]
        if let localEngine { services += [localEngine, LocalEngineStarter(engine: localEngine, registry: registry, logger: logger)] }
        services += mesh.services + [chat, tasks, servers.make()]
        VPNAddress.warn(manifest, logger)
        return Node(addresses: sockets.addresses, settings: settings, services: services, localEngine: localEngine, logger: logger)
    }

    /// Runs until SIGTERM or SIGINT; then takes no more connections, lets running answers finish within the drain time and returns.
    /// - Parameters:
    ///   - onReady: called once, when every port answers.
    ///   - onProgress: sentences about the first-run engine, as its installation goes on.
    public func run(onReady: @escaping @Sendable (NodeAddresses) -> Void, onProgress: @escaping @Sendable (String) -> Void) async throws {
        let reporter = NodeReporter(addresses: addresses, localEngine: localEngine, onReady: onReady, onProgress: onProgress)
        var configuration = ServiceGroupConfiguration(
            services: (services + [reporter]).map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = settings.manifest.limits.drain
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch is CancellationError {
            logger.warning("the drain time is over; answers that still ran were cut")
        }
    }

    private static func makeRegistry(
        _ settings: NodeSettings, _ sockets: NodeSockets, _ http: any HTTPCalling, _ logger: Logger
    ) throws -> EngineRegistry {
        let manifest = settings.manifest
        // What the manifest names is what it says it is, and no engine to be discovered.
        let named = Set((manifest.engines.map(\.url) + manifest.keep.compactMap { $0.url?.reveal() }).map(Discovery.canonical))
        let places =
            manifest.discovery.loopback ? Discovery.places(environment: settings.environment, ownPorts: sockets.ports, known: named) : []
        return try EngineRegistry(
            node: manifest.thisNode.name, engines: manifest.engines, places: places, http: http,
            router: MeshRouter(Router(RouterSettings(manifest.limits), learned: LearnedKeeper.read(folder: settings.stateFolder))),
            logger: logger)
    }

    private static func makeTasks(
        _ settings: NodeSettings, _ sockets: NodeSockets, _ store: SQLiteStore, _ tokens: TokenBook, _ registry: EngineRegistry,
        _ http: any HTTPCalling, _ logger: Logger, nodes: @escaping @Sendable () -> [NodeReport]
    ) -> TaskService {
        let manifest = settings.manifest
        let gateway = TaskGateway(
            url: sockets.addresses.gateway, token: tokens.authenticator.ownToken, http: http,
            patience: max(manifest.limits.firstByte, manifest.limits.silence) + .seconds(30), node: manifest.thisNode.name, nodes: nodes)
        return TaskService(
            store: store, gateway: gateway, commands: manifest.commands,
            runner: LiveCommandRunner(environment: settings.environment),
            folder: manifest.source.map { URL(filePath: $0).deletingLastPathComponent().path } ?? settings.stateFolder,
            settings: TaskSettings(manifest.tasks), logger: logger, ready: { _ = await registry.afterFirstLook() })
    }

    private static func makeLocalEngine(_ settings: NodeSettings, _ http: any HTTPCalling, _ logger: Logger) -> LocalEngine? {
        guard settings.manifest.discovery.localEngine == .auto, let port = try? FreePort.find() else { return nil }
        return LocalEngine(
            folder: NodeFiles.localEngine(in: settings.stateFolder), port: port, http: http, logger: logger,
            environment: settings.environment)
    }
}

extension GatewayLimits {
    fileprivate init(_ limits: Manifest.Limits, bodyFolder: String) {
        self.init(headerBytes: limits.headerBytes, bodyBytes: limits.bodyBytes, concurrency: limits.concurrency, bodyFolder: bodyFolder)
    }
}

extension TaskSettings {
    fileprivate init(_ tasks: Manifest.Tasks) {
        self.init()
        concurrency = tasks.concurrency
        attempts = tasks.attempts
        keep = tasks.keep
        limit = tasks.limit
    }
}

extension RouterSettings {
    /// What the manifest sets are the longest silences; shorter ones are learned from each worker's own pace. Nodes that share workers must
    /// not decide alike, so each has a seed of its own.
    fileprivate init(_ limits: Manifest.Limits) {
        self.init()
        seed = .random(in: .min ... .max)
        let (first, between) = (limits.firstByte / .seconds(1), limits.silence / .seconds(1))
        silenceFirst = min(silenceFirst.lowerBound, first)...first
        silenceBetween = min(silenceBetween.lowerBound, between)...between
    }
}

extension ChatLimits {
    fileprivate init(_ limits: Manifest.Limits) {
        self.init()
        conversationMessages = limits.conversationMessages
    }
}
