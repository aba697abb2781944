import AuroraConfig
import AuroraInference
import AuroraModel
import Logging

/// Which nodes this one sends no new work to; kept over restarts. One change at a time.
actor NodeDrains {
    private let file: DrainFile
    private let registry: EngineRegistry

    /// Takes over what the file says. A file that makes no sense keeps no node from starting; its next change replaces it.
    init(file: DrainFile, registry: EngineRegistry, logger: Logger) {
        self.file = file
        self.registry = registry
        do throws(AuroraError) {
            for node in try file.read() { registry.setDrained(true, node: node) }
        } catch {
            logger.error("\(error.message)", metadata: ["fix": "\(error.hint ?? "")"])
        }
    }

    /// On disk before it holds, so that nothing is half done when the disk refuses.
    ///
    /// - Parameter known: the nodes there are; others are refused with the nearest of them.
    func set(_ drained: Bool, node: String, known: [String]) throws {
        let before = registry.drainedNodes
        guard known.contains(node) || before.contains(node) else { throw Self.unknown(node, known) }
        try file.write(drained ? before.union([node]) : before.subtracting([node]))
        registry.setDrained(drained, node: node)
    }

    private static func unknown(_ node: String, _ known: [String]) -> AuroraError {
        let near = nearest(to: node, in: known).map { "did you mean '\($0)'? " } ?? ""
        return AuroraError(
            .notFound, "there is no node '\(node.prefix(64))'", hint: "\(near)known: \(known.sorted().joined(separator: ", "))")
    }
}
