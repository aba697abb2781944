public import AuroraHTTP
import AuroraModel
import HTTPTypes
public import Hummingbird
import NIOCore

/// What nodes ask one another, and what people ask about it.
public struct MeshRoutes: Sendable {
    let report: @Sendable () -> NodeReport
    let overview: @Sendable () -> MeshOverview
    let hub: TunnelHub
    /// Whether a token must be shown even where other callers need none.
    let needsToken: Bool

    public func add(to router: Router<NodeContext>) {
        router.get("/api/mesh/self") { _, context in
            try allow(context)
            return try answer(report())
        }
        router.get("/api/mesh/peers") { _, context in
            try allow(context)
            return try answer(overview())
        }
        // Requests that were let in never come here; the others are told why.
        router.get(RouterPath(TunnelHello.path)) { request, context -> Response in
            guard request.headers[.origin] == nil else { throw AuroraError(.forbidden, "web pages cannot join a mesh") }
            let hello = try hub.admit(context.principal) { name in HTTPField.Name(name).flatMap { request.headers[$0] } }
            throw AuroraError(
                .invalid, "the request of '\(hello.node)' does not ask for '\(TunnelHello.protocolName)'",
                hint: "a proxy between the nodes must pass on the headers 'Connection' and 'Upgrade'")
        }
    }

    private func allow(_ context: NodeContext) throws(AuroraError) {
        if needsToken, context.principal == .anonymous {
            throw AuroraError(.unauthorized, "the mesh API asks for a token", hint: "send the node token, or one with the scope read")
        }
        guard context.principal.may(.mesh) || context.principal.may(.read) else {
            throw AuroraError(.forbidden, "the token '\(context.principal.name)' does not have the scope 'read'")
        }
    }

    private func answer(_ value: some Encodable) throws -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: try ReportWire.encode(value))))
    }
}
