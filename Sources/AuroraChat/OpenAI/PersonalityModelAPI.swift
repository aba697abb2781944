import AuroraDialects
import AuroraHTTP
import AuroraModel
import AuroraSystem
import HTTPTypes
import Hummingbird
import NIOCore

/// `/v1` of the chat: each personality is a model, for programs that speak OpenAI.
struct PersonalityModelAPI: Sendable {
    let service: ChatService
    let gateway: GatewayAddress

    private static let bodyLimit = 16 * 1024 * 1024

    var endpoints: [Endpoint] {
        [
            Endpoint(path: "/v1/models", actions: [.init(method: .get, access: .reading, handler: list)], failure: Self.failure),
            Endpoint(path: "/v1/models/{id}", actions: [.init(method: .get, access: .reading, handler: show)], failure: Self.failure),
            Endpoint(
                path: "/v1/chat/completions", actions: [.init(method: .post, access: .chat, handler: complete)], failure: Self.failure),
        ]
    }

    @Sendable private func list(_ request: Request, _ context: NodeContext) async throws -> Response {
        let ids = service.personalities.all.flatMap { [PersonalityRequest.prefix + $0.id, $0.id] }
        return .json(["object": "list", "data": .array(ids.map(Self.entry))])
    }

    @Sendable private func show(_ request: Request, _ context: NodeContext) async throws -> Response {
        let id = context.part("id")
        _ = try PersonalityRequest.personality(id, among: service.personalities)
        return .json(Self.entry(id))
    }

    private static func entry(_ id: String) -> JSON {
        ["id": .string(id), "object": "model", "created": 0, "owned_by": "aurora"]
    }

    /// A client that goes away before the answer begins frees the engine; afterwards the failing write does.
    @Sendable private func complete(_ request: Request, _ context: NodeContext) async throws -> Response {
        do {
            return try await request.body.consumeWithCancellationOnInboundClose { body in
                var inner = request
                inner.body = body
                return try await forward(inner, context)
            }
        } catch is CancellationError {
            guard !Task.isCancelled else {
                throw AuroraError(.unavailable, "the node stops before an answer came", hint: "send it again")
            }
            throw AuroraError(.invalid, "the body is not valid HTTP/1.1, or ended early")
        }
    }

    private func forward(_ request: Request, _ context: NodeContext) async throws -> Response {
        let asked = try PersonalityRequest(try await request.fields(upTo: Self.bodyLimit), among: service.personalities)
        let call = HTTPCall(
            .post, gateway.url + "/v1/chat/completions", headers: headers(for: request, context),
            body: asked.body(model: try await model(of: asked.personality)), headTimeout: gateway.headTimeout,
            idleTimeout: gateway.idleTimeout)
        let reply = try await gateway.http.call(call)
        guard (200...599).contains(reply.status) else {
            throw AuroraError(.unavailable, "the gateway answered with status \(reply.status)", hint: "look at 'aurora status'")
        }
        return Response(
            status: .init(code: reply.status), headers: Self.passedOn(reply.headers),
            body: ResponseBody { writer in
                for try await piece in reply.body { try await writer.write(piece) }
                try await writer.finish(nil)
            })
    }

    private func model(of personality: Personality) async throws -> String {
        if let model = personality.model { return model }
        guard let first = try await service.models().first else {
            throw AuroraError(.unavailable, "no model is ready", hint: "start an engine, then look at 'aurora status'")
        }
        return first
    }

    private func headers(for request: Request, _ context: NodeContext) -> HTTPFields {
        var headers: HTTPFields = [.contentType: "application/json"]
        if let accept = request.headers[.accept] { headers[.accept] = accept }
        if let token = gateway.token { headers[.authorization] = "Bearer \(token.reveal())" }
        if let name = HTTPField.Name("traceparent"), let trace = request.traceparent { headers[name] = trace }
        if let name = HTTPField.Name("X-Request-Id"), !context.requestID.isEmpty { headers[name] = context.requestID }
        return headers
    }

    /// All but what belongs to one connection.
    private static func passedOn(_ headers: HTTPFields) -> HTTPFields {
        var headers = headers
        for name in ["Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade", "Trailer", "Proxy-Authenticate"] {
            if let name = HTTPField.Name(name) { headers[name] = nil }
        }
        return headers
    }

    @Sendable private static func failure(_ error: AuroraError) -> Response {
        let dialect = DialectError(error)
        var response = Response(
            status: .init(code: dialect.status), headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: OpenAIShape.error(dialect)))
        if dialect.status == 503 { response.headers[.retryAfter] = "1" }
        return response
    }
}
