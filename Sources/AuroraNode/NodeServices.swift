import AuroraConfig
import AuroraLive
import AuroraModel
import AuroraRuntime
import AuroraSystem
import Logging

/// The services that this node runs as processes.
enum NodeServices {
    static func make(_ settings: NodeSettings, http: any HTTPCalling, logger: Logger) throws -> RuntimeService {
        let folder = NodeFiles.serviceFolder(in: settings.stateFolder)
        return RuntimeService(
            source: StoredServices(file: ServicesFile(folder: settings.stateFolder)),
            processes: try LiveServiceProcesses(folder: folder, http: http),
            ledger: try ServiceFolder(folder), logger: logger)
    }
}

/// The services as they lie in the state folder.
private struct StoredServices: ServiceSource {
    let file: ServicesFile

    func plans() throws(AuroraError) -> [ProcessPlan] { try file.read() }
}
