import AuroraAPI
import AuroraInference
import AuroraModel
import AuroraSystem

/// What the router hears of other nodes, and what they hear of it. The registry takes this place once it routes to peers.
struct MeshJoint: PeerSink {
    func peer(_ report: NodeReport, gateway: String, token: Secret?, roundTrip: Duration) {}

    func peerGone(_ node: String, reason: String) {}

    static func report(_ source: StatusSource, gatewayPort: Int) -> NodeReport {
        let status = source.status()
        let workers = source.registry.all.map { worker in
            let now = worker.status()
            return WorkerReport(
                name: now.spec.name, kind: now.spec.kind, isUp: now.state == "up", reason: now.reason, version: now.version,
                slots: now.spec.parallel, inFlight: now.inFlight,
                models: now.models.map { ModelReport(name: $0.name, loaded: $0.loaded, listed: "{}") })
        }
        return NodeReport(
            node: status.node, role: source.manifest.thisNode.role, mesh: status.mesh, version: status.version, gatewayPort: gatewayPort,
            uptimeSeconds: status.uptimeSeconds, isDraining: false, workers: workers, gpus: [])
    }
}
