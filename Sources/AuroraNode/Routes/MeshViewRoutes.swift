import AuroraAPI
import AuroraHTTP
import AuroraInference
import AuroraModel
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Seeing and steering the mesh: in short on the gateway's port, in full on the node API.
struct MeshViewRoutes: Sendable {
    /// What `DecisionLog` keeps.
    private static let decisionLimit = 512
    private static let usualDecisions = 50

    let source: MeshSource
    let drains: NodeDrains
    let peers: PeerDrains
    let loader: ModelLoader

    func addSummary(to router: Router<NodeContext>) {
        router.get("/mesh/status") { _, context in
            try allowSeeing(context)
            return try JSONAnswer.make(MeshStatus(source.view()))
        }
        router.get("/mesh/nodes") { _, context in
            try allowSeeing(context)
            return try JSONAnswer.make(MeshNodeList(nodes: source.view().nodes))
        }
        addDrain("/mesh/drain", to: router)
    }

    func add(to router: Router<NodeContext>) {
        router.get("/api/mesh") { _, context in
            try allowSeeing(context)
            return try JSONAnswer.make(source.view())
        }
        router.get("/api/mesh/stream") { _, context in
            try allowSeeing(context)
            return stream()
        }
        router.get("/api/mesh/decisions") { request, context in
            try allowSeeing(context)
            return try JSONAnswer.make(source.decisions(try Self.limit(request)))
        }
        router.get("/api/mesh/decisions/:id") { _, context in
            try allowSeeing(context)
            return try JSONAnswer.make(try decision(context))
        }
        addDrain("/api/mesh/drain", to: router)
        router.post("/api/mesh/load") { request, context in
            try context.require(.mesh)
            let wanted = try await loadRequest(request)
            return try JSONAnswer.make(try await loader.load(wanted.model, on: wanted.on, in: source.view()))
        }
        router.post("/api/mesh/unload") { request, context in
            try context.require(.mesh)
            let wanted = try await loadRequest(request)
            guard wanted.on == nil else {
                throw AuroraError(.invalid, "unloading takes no 'on'", hint: "a model is unloaded wherever it is; leave 'on' out")
            }
            return try JSONAnswer.make(try await loader.unload(wanted.model))
        }
    }

    private func addDrain(_ path: RouterPath, to router: Router<NodeContext>) {
        router.post(path) { request, context in
            try context.require(.mesh)
            return try JSONAnswer.make(try await drain(request))
        }
    }

    /// Who may use the mesh may see it, too.
    private func allowSeeing(_ context: NodeContext) throws(AuroraError) {
        if !context.principal.may(.mesh) { try context.require(.read) }
    }

    /// The view at once and then every second.
    private func stream() -> Response {
        let first = Atomic(true)
        let ticks = AsyncThrowingStream<ServerSentEvent, any Error> {
            if !first.exchange(false, ordering: .relaxed) { try await Task.sleep(for: .seconds(1)) }
            return ServerSentEvent(event: "mesh", data: String(decoding: try Wire.encode(source.view()), as: UTF8.self))
        }
        return EventStream.response(ticks)
    }

    private static func limit(_ request: Request) throws(AuroraError) -> Int {
        guard let text = request.uri.queryParameters["limit"] else { return usualDecisions }
        guard let number = Int(text), (1...decisionLimit).contains(number) else {
            throw AuroraError(
                .invalid, "parameter 'limit' is '\(text.prefix(64))'", hint: "use a whole number from 1 to \(decisionLimit)")
        }
        return number
    }

    private func decision(_ context: NodeContext) throws(AuroraError) -> MeshDecision {
        let raw = context.parameters.get("id") ?? ""
        let id = raw.removingPercentEncoding ?? raw
        guard let decision = source.decision(id) else {
            throw AuroraError(
                .notFound, "nothing is known of a request '\(id.prefix(128))'",
                hint: "only the last \(Self.decisionLimit) requests that a worker took are kept; 'aurora mesh explain' lists them")
        }
        return decision
    }

    private func drain(_ request: Request) async throws -> DrainAnswer {
        let wanted = try await JSONAnswer.read(DrainRequest.self, from: request, hint: "{\"node\":\"desk\",\"drain\":true}")
        let drain = wanted.drain ?? true
        let view = source.view()
        let isHere = wanted.node == view.node
        // A node that was told by another does not tell a third.
        let isForwarded = request.headers[.auroraHop] != nil
        let wasTold = !isHere && !isForwarded ? await peers.tell(wanted.node, drain: drain) : false
        // What holds everywhere need not hold here as well, and must not when it ends.
        try await drains.set(drain && !wasTold, node: wanted.node, known: view.nodes.map(\.name))
        return DrainAnswer(
            node: wanted.node, draining: drain, inFlight: view.nodes.first { $0.name == wanted.node }?.inFlight ?? 0,
            message: Self.words(wanted.node, drain: drain, everywhere: isHere || wasTold))
    }

    private static func words(_ node: String, drain: Bool, everywhere: Bool) -> String {
        switch (drain, everywhere) {
        case (true, true): "the engines of '\(node)' get no new requests from any node; what runs goes on"
        case (true, false):
            "this node sends '\(node)' no new requests; '\(node)' cannot be told now, so other nodes go on until it is drained on itself"
        case (false, true): "the engines of '\(node)' get requests again"
        case (false, false): "this node sends '\(node)' requests again; '\(node)' cannot be told now, and may be drained on itself"
        }
    }

    private func loadRequest(_ request: Request) async throws -> LoadRequest {
        let wanted = try await JSONAnswer.read(LoadRequest.self, from: request, hint: "{\"model\":\"qwen3:8b\"}")
        guard !wanted.model.isEmpty else { throw AuroraError(.invalid, "the model has no name", hint: "send {\"model\":\"qwen3:8b\"}") }
        return wanted
    }
}
