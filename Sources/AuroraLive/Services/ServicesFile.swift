public import AuroraModel
import AuroraSystem
import Foundation

/// `services.json` in the state folder: the services of this node as processes. It holds their secrets, so it is 0600.
public struct ServicesFile: Sendable {
    private static let limit = 64 << 20

    public let path: String

    public init(folder: String) { path = NodeFiles.services(in: folder) }

    /// None when there is no file. Throws `invalid` when there is one that makes no sense, `failed` when it cannot be read.
    public func read() throws(AuroraError) -> [ProcessPlan] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return [] }
        if descriptor >= 0 { close(descriptor) }
        guard let bytes = FileManager.default.contents(atPath: path), bytes.count <= Self.limit else {
            throw AuroraError(.failed, "cannot read '\(path)'", hint: "check who owns it")
        }
        do throws(AuroraError) { return try PlanCodec.decode(Array(bytes)) } catch { throw error.adding("'\(path)'") }
    }

    /// Replaces the file as a whole; returns once it is on disk.
    public func write(_ plans: [ProcessPlan]) throws {
        try FolderFiles.write(try PlanCodec.encode(plans), to: path)
    }
}
