import AuroraConfig
import AuroraHTTP
import AuroraInference
import AuroraMesh
import AuroraModel
import AuroraSystem
import Logging
import NIOCore

/// Joins this node to the others.
enum NodeMesh {
    static func make(
        _ settings: NodeSettings, sockets: NodeSockets, sink: any PeerSink, report: @escaping @Sendable () -> NodeReport,
        authenticator: Authenticator, http: any HTTPCalling, group: any EventLoopGroup, logger: Logger
    ) throws(AuroraError) -> Mesh {
        let manifest = settings.manifest
        let mesh = Mesh.Settings(
            me: NodeIdentity(name: manifest.thisNode.name, role: manifest.thisNode.role, mesh: manifest.mesh),
            others: manifest.otherNodes.compactMap { PeerTarget($0, port: manifest.ports.console) }, nodeToken: manifest.nodeToken,
            joins: settings.joins, folder: NodeFiles.tunnels(in: settings.stateFolder), gateway: sockets.addresses.gateway,
            api: sockets.addresses.console)
        return try Mesh(
            mesh, authenticator: authenticator, sink: sink, report: report, http: http, group: group, logger: logger)
    }
}
