import AuroraAPI
import AuroraModel

extension MeshStatus {
    /// The numbers of a view.
    init(_ view: MeshView) {
        let online = view.nodes.filter(\.status.isReachable)
        let gpus = online.flatMap(\.gpus)
        let memory = gpus.reduce(Int64(0)) { $0 &+ Self.plausible($1.memoryBytes) }
        let used = gpus.reduce(Int64(0)) { $0 &+ Self.plausible($1.memoryUsedBytes) }
        let workers = Dictionary(grouping: view.workers, by: \.node)
        self.init(
            mesh: view.mesh, node: view.node, totalNodes: view.nodes.count, onlineNodes: online.count, totalGpus: gpus.count,
            totalVram: memory, totalVramGb: (Double(memory) / Double(1 << 30) * 10).rounded() / 10, vramUsed: used, tasks: view.tasks,
            inFlight: view.line.running, waiting: view.line.waiting,
            nodes: Dictionary(
                view.nodes.map { ($0.name, Node($0, workers: workers[$0.name] ?? [])) }, uniquingKeysWith: { first, _ in first }))
    }

    /// No GPU has a petabyte: what other nodes tell must not spoil the sum.
    private static func plausible(_ bytes: Int64?) -> Int64 {
        guard let bytes, (0..<1 << 50).contains(bytes) else { return 0 }
        return bytes
    }
}

extension MeshStatus.Node {
    fileprivate init(_ node: MeshNode, workers: [MeshWorker]) {
        self.init(
            role: node.role, status: node.status, reason: node.reason, age: node.ageSeconds, linkMs: node.linkMs, version: node.version,
            gpus: node.gpus,
            workers: workers.map { worker in
                .init(
                    name: worker.name, status: worker.status, inFlight: worker.inFlight + worker.outside, slots: worker.slots.now,
                    models: worker.models.map(\.name), loaded: worker.models.filter(\.loaded).map(\.name))
            })
    }
}
