import AuroraAPI
import AuroraHTTP
import AuroraInference
import AuroraModel
import AuroraSystem
import Foundation
import HTTPTypes
import NIOCore

/// Has another node drain itself, so that every node hears of it and not only this one.
struct PeerDrains: Sendable {
    private static let patience = Duration.seconds(3)

    let registry: EngineRegistry
    let http: any HTTPCalling

    /// False when the node cannot be told now, or does not do as it is told.
    func tell(_ node: String, drain: Bool) async -> Bool {
        guard let peer = registry.peers.first(where: { $0.report.node == node && $0.isUp }),
            let body = try? JSONEncoder().encode(DrainRequest(node: node, drain: drain))
        else { return false }
        var headers: HTTPFields = [.contentType: "application/json", .auroraHop: "1"]
        if let token = peer.token { headers[.authorization] = "Bearer \(token.reveal())" }
        let call = HTTPCall(
            .post, peer.gateway + "/mesh/drain", headers: headers, body: ByteBuffer(bytes: body), headTimeout: Self.patience,
            idleTimeout: Self.patience)
        guard let reply = try? await http.call(call) else { return false }
        _ = try? await reply.collect(upTo: 65_536)
        return reply.status == 200
    }
}
