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
        NIOTypedWebSocketServerUpgrader(
            maxFrameSize: 1 << 20,
            shouldUpgrade: { channel, head in
                let allowed = principal(for: head) != nil
                return channel.eventLoop.makeSucceededFuture(allowed ? HTTPHeaders() : nil)
            },
            upgradePipelineHandler: { channel, head in
                channel.eventLoop.makeCompletedFuture {
                    guard let principal = principal(for: head) else { throw AuroraError(.unauthorized, "this token is not known") }
                    let request = try HTTPRequest(head, secure: false, splitCookie: false)
                    return .webSocket(try NIOAsyncChannel(wrappingChannelSynchronously: channel), request, principal)
                }
            })
    }

    /// Who may open this socket; nil refuses the handshake, and the request then gets its 401 or 404 as plain HTTP.
    private func principal(for head: HTTPRequestHead) -> Principal? {
        let parts = head.uri.split(separator: "?", maxSplits: 1)
        guard let path = parts.first, endpoint.accepts(path: String(path)) else { return nil }
        guard OriginCheck.allows(origin: head.headers.first(name: "origin"), host: head.headers.first(name: "host")) else { return nil }
        // A browser cannot set headers on a WebSocket, so the token may stand in the query here, and only here.
        let query = parts.count > 1 ? String(parts[1]) : ""
        let token = query.split(separator: "&").first { $0.hasPrefix("token=") }.map { String($0.dropFirst(6)) }
        let principal = try? authenticator.principal(
            authorization: head.headers.first(name: "authorization"), apiKey: head.headers.first(name: "x-api-key") ?? token)
        return principal.flatMap { $0.may(scope) ? $0 : nil }
    }

    func serve(_ channel: NIOAsyncChannel<WebSocketFrame, WebSocketFrame>, request: HTTPRequest, principal: Principal) async {
        await WebSocketSession(channel).run(endpoint, request: request, principal: principal)
    }
}
