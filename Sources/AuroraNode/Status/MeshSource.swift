import AuroraAPI
import AuroraConfig
import AuroraInference
import AuroraMesh
import AuroraModel
import AuroraRouting
import NIOCore

/// Puts what this node knows of the mesh into values.
struct MeshSource: Sendable {
    let manifest: Manifest
    let registry: EngineRegistry
    let log: DecisionLog
    let board: PeerBoard
    let gpus: @Sendable () -> [GPUReport]
    let tasks: @Sendable () -> TaskCounts
    let started: ContinuousClock.Instant

    func view(now: ContinuousClock.Instant = .now) -> MeshView {
        let snapshot = registry.router.snapshot()
        let peers = registry.peers
        let drained = registry.drainedNodes
        let away = drained.union(peers.filter(\.report.isDraining).map(\.report.node))
        let routed = Dictionary(snapshot.workers.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let workers = registry.all.map { worker in
            MeshWorkers.worker(
                worker.status(at: now), node: worker.node, routed: routed[worker.id], isDrained: away.contains(worker.node))
        }
        let roster = MeshRoster(
            thisNode: manifest.thisNode, version: AuroraVersion.current, uptime: now - started, gpus: gpus(), listed: manifest.nodes,
            peers: peers, watched: Dictionary(board.all.map { ($0.node, $0) }, uniquingKeysWith: { first, _ in first }), drained: drained,
            workers: workers, now: now)
        return MeshView(
            mesh: manifest.mesh, node: manifest.thisNode.name, nodes: roster.nodes(), workers: workers,
            models: MeshWorkers.models(of: workers, aliases: manifest.aliases, waiting: snapshot.waitingPerModel),
            line: MeshLine(running: snapshot.running, waiting: snapshot.waiting, waitingPerModel: snapshot.waitingPerModel),
            tasks: MeshTasks(tasks()), lastDecision: log.recent(1).first?.id)
    }

    /// Newest first.
    func decisions(_ count: Int) -> MeshDecisionList {
        let names = names
        return MeshDecisionList(decisions: log.recent(count).map { MeshDecision($0, names: names, now: .now()) })
    }

    /// Nil when there is none of that id any more.
    func decision(_ id: String) -> MeshDecision? { log.entry(id).map { MeshDecision($0, names: names, now: .now()) } }

    private var names: [WorkerID: String] {
        Dictionary(registry.all.map { ($0.id, $0.spec.name) }, uniquingKeysWith: { first, _ in first })
    }
}

extension MeshTasks {
    fileprivate init(_ counts: TaskCounts) {
        self.init(
            queued: counts.queued, active: counts.active, completed: counts.completed, failed: counts.failed, cancelled: counts.cancelled)
    }
}
