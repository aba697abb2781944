import AuroraDialects
import AuroraHTTP
import AuroraModel
public import AuroraSystem
import HTTPTypes
import NIOCore

/// The engines of the registry, called over HTTP.
///
/// An engine of another node has the name `NODE/ENGINE` and the URL of that node's gateway, which is told by headers which of its
/// engines is meant and that it must not pass the call on.
public struct RegistryEngines: EngineCalling {
    private let registry: EngineRegistry
    private let http: any HTTPCalling

    public init(registry: EngineRegistry, http: any HTTPCalling) {
        self.registry = registry
        self.http = http
    }

    public var engines: [EngineFacts] {
        registry.all.map { worker in
            let models = worker.snapshot().models
            return EngineFacts(
                name: worker.spec.name, node: worker.node, kind: worker.spec.kind, isUp: worker.isUp, isLocal: worker.isHere,
                models: models.map(\.name), loaded: Set(models.filter { $0.loaded == true }.map(\.name)))
        }
    }

    public func call(_ engine: String, _ call: EngineCall) async throws -> HTTPReply {
        guard let worker = registry.all.first(where: { $0.spec.name == engine }) else {
            throw AuroraError(.notFound, "there is no engine '\(engine)' any more", hint: "'aurora status' lists the engines")
        }
        var wire = HTTPCall(
            call.method, worker.spec.url + call.path, headers: headers(for: worker), headTimeout: call.patience,
            idleTimeout: call.silence)
        switch call.body {
        case .none: break
        case .json(let bytes):
            wire.headers[.contentType] = "application/json"
            wire.body = bytes
        case .upload(let upload):
            wire.headers[.contentType] = "application/octet-stream"
            wire.upload = upload
        }
        return try await http.call(wire)
    }

    public func lookAgain(_ engine: String) async {
        guard let worker = registry.all.first(where: { $0.spec.name == engine }) else { return }
        await registry.lookAgain(worker)
    }

    private func headers(for worker: Worker) -> HTTPFields {
        var headers = HTTPFields()
        if let key = worker.spec.apiKey { headers[.authorization] = "Bearer \(key.reveal())" }
        if case .peer(let engine) = worker.place {
            headers[.auroraHop] = "1"
            headers[.auroraWorker] = engine
        }
        return headers
    }
}
