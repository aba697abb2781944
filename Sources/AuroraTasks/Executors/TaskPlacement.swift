import AuroraModel

/// Finds the node that has the hardware a task asks for. Pure.
enum TaskPlacement {
    /// The node to send it to; nil when any will do. Throws `unavailable` while no node has what is asked for.
    static func node(for wanted: TaskRequirements, model: String?, among nodes: [NodeReport]) throws(TaskError) -> String? {
        guard wanted.gpu == true || wanted.gpuMemoryBytes != nil else { return wanted.node }
        let least = wanted.gpuMemoryBytes ?? 0
        let fitting = nodes.filter { node in
            (wanted.node ?? node.node) == node.node && !node.isDraining && node.gpus.contains { ($0.memoryBytes ?? 0) >= least }
        }
        guard let best = fitting.max(by: { rank($0, model) < rank($1, model) }) else {
            let size = wanted.gpuMemoryBytes.map { " with \(($0 + (1 << 30) - 1) >> 30) GB" } ?? ""
            let place = wanted.node.map { "node '\($0)' has no GPU" } ?? "no node has a GPU"
            throw TaskError(.unavailable, place + size)
        }
        return best.node
    }

    /// A node that has the model goes first, then the one with most memory free.
    private static func rank(_ node: NodeReport, _ model: String?) -> (Int, Int64) {
        let hasModel = model.map { name in node.workers.contains { $0.isUp && $0.models.contains { $0.name == name } } } ?? false
        let free = node.gpus.map { max(0, ($0.memoryBytes ?? 0) - ($0.memoryUsedBytes ?? 0)) }.max() ?? 0
        return (hasModel ? 1 : 0, free)
    }
}
