import AuroraAPI
import AuroraConfig
import AuroraInference
import AuroraModel

/// What this node tells the others of itself.
enum OwnReport {
    static func make(_ source: StatusSource, gatewayPort: Int) -> NodeReport {
        let status = source.status()
        return NodeReport(
            node: status.node, role: source.manifest.thisNode.role, mesh: status.mesh, version: status.version, gatewayPort: gatewayPort,
            uptimeSeconds: status.uptimeSeconds, isDraining: source.registry.drainedNodes.contains(status.node),
            workers: source.registry.workerReports(), gpus: status.gpus)
    }
}
