public import AuroraHTTP
public import AuroraModel
public import AuroraSystem
public import Logging
public import NIOCore
public import ServiceLifecycle

/// What a node does to be one of several: watches the others, lets nodes join, and joins those it was told to.
public struct Mesh: Sendable {
    public struct Settings: Sendable {
        public var me: NodeIdentity
        /// The other nodes that can be dialled.
        public var others: [PeerTarget]
        /// Shown to the others, and asked of them.
        public var nodeToken: Secret?
        public var joins: [JoinTarget]
        /// Folder for the unix sockets of joined nodes.
        public var folder: String
        /// Base URL of this node's own gateway.
        public var gateway: String
        /// Base URL of this node's own node API.
        public var api: String

        public init(
            me: NodeIdentity, others: [PeerTarget], nodeToken: Secret?, joins: [JoinTarget], folder: String, gateway: String, api: String
        ) {
            self.me = me
            self.others = others
            self.nodeToken = nodeToken
            self.joins = joins
            self.folder = folder
            self.gateway = gateway
            self.api = api
        }
    }

    /// To be started before the listeners, and so stopped after them: answers that come over a tunnel then end before it does.
    public let services: [any Service]
    /// For the listener of the node API.
    public let pipe: PipeMount
    public let routes: MeshRoutes
    /// The newest state of the other nodes.
    public let board: PeerBoard

    /// - Parameters:
    ///   - sink: hears of every report of another node, and of every node that is gone.
    ///   - report: this node's own report, asked for with each call of another node.
    /// Throws `failed` when the folder cannot be made.
    public init(
        _ settings: Settings, authenticator: Authenticator, sink: any PeerSink, report: @escaping @Sendable () -> NodeReport,
        http: any HTTPCalling, group: any EventLoopGroup, logger: Logger
    ) throws(AuroraError) {
        let me = settings.me
        let board = PeerBoard()
        let needsToken = settings.nodeToken != nil
        let hub = try TunnelHub(
            me: me, board: board, folder: settings.folder, authenticator: authenticator, needsToken: needsToken, group: group,
            logger: logger)
        let others = settings.others.filter { $0.name != me.name }
        let watch = PeerWatch(
            me: me, targets: { Self.merged(others, joined: hub.targets) }, token: settings.nodeToken, sink: sink, board: board, http: http,
            logger: logger)
        var dialers: [TunnelDialer] = []
        for join in settings.joins {
            dialers.append(try TunnelDialer(join, me: me, gateway: settings.gateway, api: settings.api, group: group, logger: logger))
        }
        services = [hub, watch] + dialers
        pipe = hub.mount
        self.board = board
        let joins = dialers
        let overview: @Sendable () -> MeshOverview = {
            MeshOverview(
                node: me.name, mesh: me.mesh, peers: board.all,
                tunnels: hub.pipes.map { .init(node: $0.key, ready: $0.value.ready, open: $0.value.open) }.sorted { $0.node < $1.node },
                joins: joins.map(\.status))
        }
        routes = MeshRoutes(report: report, overview: overview, hub: hub, needsToken: needsToken)
    }

    /// A node that has joined is asked through its tunnel, whatever address the manifest has for it.
    static func merged(_ others: [PeerTarget], joined: [PeerTarget]) -> [PeerTarget] {
        let names = Set(joined.map(\.name))
        return others.filter { !names.contains($0.name) } + joined
    }
}
