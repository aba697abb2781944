public import AuroraModel
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket

/// Joins a `WebSocketEndpoint` to a listener: who may shake hands, and who serves the connection then.
public struct WebSocketMount: Sendable {
    let endpoint: any WebSocketEndpoint
    let authenticator: Authenticator
    let scope: Scope

    /// - Parameter scope: what a caller's token must allow.
    public init(_ endpoint: any WebSocketEndpoint, authenticator: Authenticator, scope: Scope) {
        self.endpoint = endpoint
        self.authenticator = authenticator
        self.scope = scope
    }

    func upgrader() -> NIOTypedWebSocketServerUpgrader<NodeChannel.Negotiated> {
        WebSocketUpgrade.makeUpgrader(accept: { principal(for: $0.uri, $0.headers) != nil }, result: { .webSocket($0) })
    }

    /// Who may open this socket; nil refuses the handshake, and the request then gets its 401 or 404 as plain HTTP.
    private func principal(for uri: String, _ headers: HTTPHeaders) -> Principal? {
        let parts = uri.split(separator: "?", maxSplits: 1)
        guard let path = parts.first, endpoint.accepts(path: String(path)) else { return nil }
        guard OriginCheck.allows(origin: headers.first(name: "origin"), host: headers.first(name: "host")) else { return nil }
        // A browser cannot set headers on a WebSocket, so the token may stand in the query here, and only here.
        let query = parts.count > 1 ? String(parts[1]) : ""
        let token = query.split(separator: "&").first { $0.hasPrefix("token=") }.map { String($0.dropFirst(6)) }
        let principal = try? authenticator.principal(
            authorization: headers.first(name: "authorization"), apiKey: headers.first(name: "x-api-key") ?? token)
        return principal.flatMap { $0.may(scope) ? $0 : nil }
    }

    func serve(_ session: WebSocketSession) async {
        let headers = HTTPHeaders(session.request.headerFields.map { ($0.name.rawName, $0.value) })
        guard let principal = principal(for: session.request.path ?? "", headers) else { return }
        await session.run(endpoint, request: session.request, principal: principal)
    }
}
