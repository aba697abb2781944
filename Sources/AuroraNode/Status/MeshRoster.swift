import AuroraAPI
import AuroraInference
import AuroraMesh
import AuroraModel

/// The nodes of the mesh, put together from what the manifest lists and what was heard. Pure.
struct MeshRoster: Sendable {
    let thisNode: NodeSpec
    let version: String
    let uptime: Duration
    let gpus: [GPUReport]
    /// Those of the manifest.
    let listed: [NodeSpec]
    let peers: [PeerView]
    /// How the asking goes, for each of them and those that never answered.
    let watched: [String: PeerStatus]
    /// Told to this node to be drained.
    let drained: Set<String>
    let workers: [MeshWorker]
    let now: ContinuousClock.Instant

    /// This node, then those of the manifest in their order, then others by name.
    func nodes() -> [MeshNode] {
        let heard = Dictionary(peers.map { ($0.report.node, $0) }, uniquingKeysWith: { first, _ in first })
        let others = listed.filter { $0.name != thisNode.name }
        let names = Set(others.map(\.name) + [thisNode.name])
        let known = others.map { spec in heard[spec.name].map(peer) ?? silent(spec) }
        let joined = peers.filter { !names.contains($0.report.node) }.map(peer)
        return ([own] + known + joined).map(counted)
    }

    private var own: MeshNode {
        let isDrained = drained.contains(thisNode.name)
        return MeshNode(
            name: thisNode.name, role: thisNode.role, status: isDrained ? .draining : .online,
            reason: isDrained ? "drained: its engines get no new requests" : nil, drainedHere: isDrained, ageSeconds: 0, linkMs: 0,
            version: version, uptimeSeconds: uptime / .seconds(1), gpus: gpus)
    }

    private func peer(_ view: PeerView) -> MeshNode {
        let report = view.report
        let isDrained = drained.contains(report.node)
        var node = MeshNode(
            name: report.node, role: report.role, status: .online, drainedHere: isDrained, ageSeconds: (now - view.heard) / .seconds(1),
            way: watched[report.node]?.way.rawValue, linkMs: view.linkSeconds * 1000, version: report.version, uptimeSeconds: report.uptimeSeconds, gpus: report.gpus)
        if !view.isUp {
            node.status = Self.away(report.role)
            node.reason = view.reason
        } else if isDrained {
            node.status = .draining
            node.reason = "drained here: it gets no new requests from this node"
        } else if report.isDraining {
            node.status = .draining
            node.reason = "it says that it is drained"
        }
        return node
    }

    /// In the manifest, and never heard.
    private func silent(_ spec: NodeSpec) -> MeshNode {
        MeshNode(
            name: spec.name, role: spec.role, status: Self.away(spec.role),
            reason: watched[spec.name]?.reason ?? "not heard of since this node started", drainedHere: drained.contains(spec.name))
    }

    private static func away(_ role: NodeRole) -> MeshNodeStatus { role == .laptop ? .asleep : .offline }

    private func counted(_ node: MeshNode) -> MeshNode {
        let own = workers.filter { $0.node == node.name }
        var node = node
        node.workers = own.map(\.name)
        node.inFlight = own.reduce(0) { $0 + $1.inFlight + $1.outside }
        node.waiting = own.reduce(0) { $0 + $1.waiting }
        return node
    }
}
