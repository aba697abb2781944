import AuroraAPI
import AuroraHTTP
import AuroraModel
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// The node API of port 8004 and the unix socket: status and tokens.
struct NodeRoutes: Sendable {
    let status: StatusSource
    let tokens: TokenBook

    func add(to router: Router<NodeContext>) {
        router.get("/api/status") { _, context in
            try context.require(.read)
            return try JSONAnswer.make(status.status())
        }
        router.get("/api/status/stream") { _, context in
            try context.require(.read)
            return stream()
        }
        router.get("/api/tokens") { _, context in
            try context.requireAdmin()
            return try JSONAnswer.make(try await tokens.list())
        }
        router.post("/api/tokens") { request, context in
            try context.requireAdmin()
            let wanted = try await JSONAnswer.read(TokenRequest.self, from: request, hint: "{\"name\":\"scripts\",\"scopes\":[\"chat\"]}")
            return try JSONAnswer.make(try await tokens.create(wanted), status: .created)
        }
        router.delete("/api/tokens/:name") { _, context in
            try context.requireAdmin()
            let name = context.parameters.get("name") ?? ""
            try await tokens.revoke(name.removingPercentEncoding ?? name)
            return Response(status: .noContent)
        }
    }

    /// The status at once and then every second.
    private func stream() -> Response {
        let first = Atomic(true)
        let ticks = AsyncThrowingStream<ServerSentEvent, any Error> {
            if !first.exchange(false, ordering: .relaxed) { try await Task.sleep(for: .seconds(1)) }
            return ServerSentEvent(event: "status", data: String(decoding: try Wire.encode(status.status()), as: UTF8.self))
        }
        return EventStream.response(ticks)
    }
}

extension NodeContext {
    func require(_ scope: Scope) throws(AuroraError) {
        guard principal.may(scope) else {
            throw AuroraError(.forbidden, "the token '\(principal.name)' does not have the scope '\(scope.rawValue)'")
        }
    }

    /// Tokens are only handled by somebody who proved to be the owner: over the unix socket, or with an `admin` token.
    func requireAdmin() throws(AuroraError) {
        guard principal != .anonymous else {
            throw AuroraError(
                .forbidden, "tokens cannot be managed without one",
                hint: "use 'aurora token' on the node itself, or a token with the scope 'admin'")
        }
        try require(.admin)
    }
}
