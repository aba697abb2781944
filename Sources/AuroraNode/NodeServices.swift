import AuroraConfig
import AuroraLive
import AuroraModel
import AuroraRuntime
import AuroraSystem
import Logging

/// The services that this node runs as processes.
enum NodeServices {
    /// Throws `manifest` when one of them cannot run as a process.
    static func make(_ settings: NodeSettings, http: any HTTPCalling, logger: Logger) throws -> RuntimeService {
        let source = ManifestServices(settings: settings)
        _ = try source.plans()
        let manifest = settings.manifest
        if manifest.runtime != .process, !manifest.services.isEmpty {
            let runtime = manifest.runtime.rawValue
            logger.notice(
                "services are left to '\(runtime)'",
                metadata: ["services": "\(manifest.services.count)", "fix": "aurora render \(runtime)"])
        }
        let folder = NodeFiles.serviceFolder(in: settings.stateFolder)
        return RuntimeService(
            source: source, processes: try LiveServiceProcesses(folder: folder, http: http), ledger: try ServiceFolder(folder),
            logger: logger)
    }
}
