public import AuroraModel
public import HTTPTypes

/// Somebody who talks over WebSockets. The server has checked the token and answers the handshake, pings and closes itself.
public protocol WebSocketEndpoint: Sendable {
    /// Whether a handshake for this path (without query) is taken; others get 404.
    func accepts(path: String) -> Bool
    /// Called once per connection; the connection closes when it returns.
    func serve(_ socket: any WebSocketConnection, request: HTTPRequest, principal: Principal) async
}

/// An open WebSocket, text messages only. Messages are whole: fragments are joined, over-long ones close it with 1009.
public protocol WebSocketConnection: Sendable {
    /// Text messages as they come; ends when the peer closes or the node shuts down.
    var messages: AsyncStream<String> { get }
    /// Sends one text message; returns when it is flushed, throws when the peer is gone.
    func send(_ text: String) async throws
    /// Closes with a code of RFC 6455 section 7.4; `reason` at most 123 bytes.
    func close(code: Int, reason: String) async
}
