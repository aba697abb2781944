import AuroraAPI
import AuroraConfig
import AuroraHTTP
import AuroraInference
import AuroraLive
import AuroraModel

/// Puts the node's state into one value.
struct StatusSource: Sendable {
    let manifest: Manifest
    let addresses: NodeAddresses
    let registry: EngineRegistry
    let authenticator: Authenticator
    let localEngine: LocalEngine?
    let sampler: LoadSampler
    let gpus: @Sendable () -> [GPUReport]
    let started: ContinuousClock.Instant

    /// True once at least one engine can answer.
    var isReady: Bool { registry.all.contains { $0.status().state == "up" } }

    func status() -> NodeStatus {
        let engines = registry.all.map { Self.engine($0.status()) }
        return NodeStatus(
            node: manifest.thisNode.name, role: manifest.thisNode.role.rawValue, mesh: manifest.mesh, version: AuroraVersion.current,
            uptimeSeconds: (ContinuousClock.now - started) / .seconds(1),
            addresses: ["gateway": addresses.gateway, "chat": addresses.chat, "console": addresses.console],
            ready: engines.contains { $0.state == "up" }, tokensRequired: authenticator.tokensRequired, engines: engines,
            localEngine: localEngine.flatMap(Self.local), load: sampler.status, gpus: gpus(),
            warnings: [VPNAddress.warning(manifest)].compactMap(\.self))
    }

    private static func engine(_ worker: WorkerStatus) -> EngineStatus {
        EngineStatus(
            name: worker.spec.name, kind: worker.spec.kind, url: worker.spec.url, source: worker.spec.source, state: worker.state,
            reason: worker.reason, ageSeconds: worker.age.map { $0 / .seconds(1) }, version: worker.version,
            models: worker.models.map { ModelStatus(name: $0.name, loaded: $0.loaded, sizeBytes: $0.sizeBytes) },
            inFlight: worker.inFlight, requests: worker.requests, failures: worker.failures, tokensPerSecond: worker.tokensPerSecond)
    }

    /// Nil while the node has no need of an engine of its own.
    private static func local(_ engine: LocalEngine) -> LocalEngineStatus? {
        let now = engine.status.current
        guard now.word != .idle else { return nil }
        return LocalEngineStatus(state: now.word.rawValue, detail: now.detail, progress: now.progress)
    }
}
