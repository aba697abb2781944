import AuroraDialects
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
    /// The name of this node.
    private let node: String

    public init(registry: EngineRegistry, http: any HTTPCalling, node: String) {
        self.registry = registry
        self.http = http
        self.node = node
    }

    public var engines: [EngineFacts] {
        registry.all.map { worker in
            let models = worker.snapshot().models
            let place = EnginePlace(worker.spec.name, here: node)
            return EngineFacts(
                name: worker.spec.name, node: place.node, kind: worker.spec.kind, isUp: worker.isUp, isLocal: place.isLocal,
                models: models.map(\.name), loaded: Set(models.filter { $0.loaded == true }.map(\.name)))
        }
    }

    public func call(_ engine: String, _ call: EngineCall) async throws -> HTTPReply {
        guard let worker = registry.all.first(where: { $0.spec.name == engine }) else {
            throw AuroraError(.notFound, "there is no engine '\(engine)' any more", hint: "'aurora status' lists the engines")
        }
        var wire = HTTPCall(
            call.method, worker.spec.url + call.path, headers: headers(for: worker.spec), headTimeout: call.patience,
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

    public func lookAgain(_ engine: String) async { await registry.poll() }

    private func headers(for spec: EngineSpec) -> HTTPFields {
        var headers = HTTPFields()
        if let key = spec.apiKey { headers[.authorization] = "Bearer \(key.reveal())" }
        let place = EnginePlace(spec.name, here: node)
        if !place.isLocal {
            headers[.auroraHop] = "1"
            headers[.auroraWorker] = place.engine
        }
        return headers
    }
}

/// A worker's name taken apart.
struct EnginePlace {
    let node: String
    let engine: String
    let isLocal: Bool

    /// - Parameter here: the name of this node.
    init(_ name: String, here: String) {
        let parts = name.split(separator: "/", maxSplits: 1)
        if parts.count == 2 {
            (node, engine, isLocal) = (String(parts[0]), String(parts[1]), false)
        } else {
            (node, engine, isLocal) = (here, name, true)
        }
    }
}

extension HTTPField.Name {
    /// How many nodes a call has passed; from 1 on only engines of the node itself serve it.
    static let auroraHop = HTTPField.Name("X-Aurora-Hop") ?? .via
    static let auroraWorker = HTTPField.Name("X-Aurora-Worker") ?? .server
    /// Which nodes or engines a call about models is for, separated by commas.
    static let auroraNode = HTTPField.Name("X-Aurora-Node") ?? .server
}
