import AuroraLive
import AuroraModel
import Foundation

/// `drained.json` in the state folder: the nodes that are to take no new work, so that a restart forgets none of them.
struct DrainFile: Sendable {
    private struct Content: Codable { var drained: [String] }

    let path: String

    init(folder: String) { path = folder + "/drained.json" }

    /// None when there is no file. Throws `failed` when there is one that makes no sense.
    func read() throws(AuroraError) -> Set<String> {
        guard let bytes = FileManager.default.contents(atPath: path) else { return [] }
        guard let content = try? JSONDecoder().decode(Content.self, from: bytes) else {
            throw AuroraError(
                .failed, "'\(path)' does not say which nodes are drained", hint: "delete it, and drain them again with 'aurora mesh drain'")
        }
        return Set(content.drained)
    }

    /// Replaces the file as a whole (0600); returns once it is on disk.
    func write(_ nodes: Set<String>) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try FolderFiles.write(Array(encoder.encode(Content(drained: nodes.sorted()))), to: path)
    }
}
