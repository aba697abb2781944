import AuroraInference
import AuroraLive
import AuroraModel
import Logging
import ServiceLifecycle

/// Starts the node's own engine when the first look around found no other, and tells the registry of it.
struct LocalEngineStarter: Service {
    let engine: LocalEngine
    let registry: EngineRegistry
    let logger: Logger

    func run() async throws {
        let found = await registry.afterFirstLook()
        if found == 0 {
            logger.notice("no engine found; a small one is installed and started", metadata: ["model": "\(engine.model)"])
            try registry.add(EngineSpec(name: "local", kind: .openai, url: engine.url, source: .local))
            engine.start()
        }
        try await gracefulShutdown()
    }
}
