public import AuroraModel
import HTTPTypes
import NIOHTTP1

/// Joins a `WebSocketEndpoint` to a listener: who may shake hands, and who serves the connection then.
public struct WebSocketMount: Sendable {
    let endpoint: any WebSocketEndpoint
    let authenticator: Authenticator
    let scope: Scope
    let cors: CORS

    /// - Parameters:
    ///   - scope: what a caller's token must allow.
    ///   - cors: the web pages that may open it.
    public init(_ endpoint: any WebSocketEndpoint, authenticator: Authenticator, scope: Scope, cors: CORS = CORS()) {
        self.endpoint = endpoint
        self.authenticator = authenticator
        self.scope = scope
        self.cors = cors
    }

    /// Who may open this socket; nil refuses the handshake, and the request then gets its 401 or 404 as plain HTTP.
    func principal(for uri: String, _ headers: HTTPHeaders) -> Principal? {
        let parts = uri.split(separator: "?", maxSplits: 1)
        guard let path = parts.first, endpoint.accepts(path: String(path)) else { return nil }
        // A browser cannot set headers on a WebSocket, so the token may stand in the query here, and only here.
        let query = parts.count > 1 ? String(parts[1]) : ""
        let token = query.split(separator: "&").first { $0.hasPrefix("token=") }.map { String($0.dropFirst(6)) }
        let principal = try? authenticator.principal(
            authorization: headers.first(name: "authorization"), apiKey: headers.first(name: "x-api-key") ?? token)
        guard let principal, principal.may(scope) else { return nil }
        let welcome: Void? = try? BrowserGuard.check(
            principal, origin: headers.first(name: "origin"), host: headers.first(name: "host"), cors: cors)
        return welcome == nil ? nil : principal
    }

    func serve(_ session: WebSocketSession) async {
        let headers = HTTPHeaders(session.request.headerFields.map { ($0.name.rawName, $0.value) })
        // A token may have been revoked since the handshake; the session must be run in any case, or its channel is never closed.
        guard let principal = principal(for: session.request.path ?? "", headers) else {
            return await session.run(Refusal(), request: session.request, principal: .anonymous)
        }
        await session.run(endpoint, request: session.request, principal: principal)
    }

    private struct Refusal: WebSocketEndpoint {
        func accepts(path: String) -> Bool { false }

        func serve(_ socket: any WebSocketConnection, request: HTTPRequest, principal: Principal) async {
            await socket.close(code: 1008, reason: "this token is not known")
        }
    }
}
