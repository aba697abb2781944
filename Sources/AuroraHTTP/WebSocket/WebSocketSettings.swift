import NIOCore

/// The limits of one WebSocket, and of the handshake before it.
struct WebSocketSettings: Sendable {
    /// The largest message, in bytes, whether it comes in one frame or in many; over it the connection closes with 1009.
    var maximumMessageSize = 1024 * 1024
    /// How long the peer may take to answer a close frame before the connection is cut.
    var closeTimeout: TimeAmount = .seconds(5)
    /// How long a new connection may take until its first request has come and been decided on.
    var firstRequestTimeout: TimeAmount = .seconds(30)
    /// Pings in a row without a pong after which the peer counts as gone: with one every 30 s, 60 s after the first of them.
    var maximumUnansweredPings = 2
    /// Returns when it is time for the next ping; throws when cancelled.
    var nextPing: @Sendable () async throws -> Void = { try await Task.sleep(for: .seconds(30)) }
}
