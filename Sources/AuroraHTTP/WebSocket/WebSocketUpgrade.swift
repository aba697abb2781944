import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Takes a connection from HTTP/1.1 to WebSocket.
///
/// The listener mounts it in front of its HTTP handlers, with one result type for both ways a connection can go:
///
///     enum Upgraded { case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>), webSocket(WebSocketSession) }
///
///     let upgrader = WebSocketUpgrade.makeUpgrader(
///         accept: { head in endpoint.accepts(path: …) && OriginCheck.allows(…) && tokens.allow(head) },
///         result: { Upgraded.webSocket($0) })
///     let upgraded = try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
///         configuration: .init(upgradeConfiguration: .init(upgraders: [upgrader], notUpgradingCompletionHandler: { … .http(…) })))
///
/// and later, in the task that handles the connection, `await session.run(endpoint, request: session.request, principal: principal)`.
/// A request that is not accepted goes on as ordinary HTTP, so the router answers it: 401, 403 or 404, with its usual body. Only the
/// first request of a connection can upgrade it, as browsers and clients do it. For shutdown, run the session where ServiceLifecycle's
/// graceful shutdown is seen, or fire `ChannelShouldQuiesceEvent` into the channel; either closes with 1001.
enum WebSocketUpgrade {
    static func makeUpgrader<Result: Sendable>(
        accept: @escaping @Sendable (HTTPRequestHead) async -> Bool, settings: WebSocketSettings = WebSocketSettings(),
        result: @escaping @Sendable (WebSocketSession) -> Result
    ) -> NIOTypedWebSocketServerUpgrader<Result> {
        NIOTypedWebSocketServerUpgrader(
            maxFrameSize: settings.maximumMessageSize,
            // The session's own handler answers violations, and knows more codes.
            enableAutomaticErrorHandling: false,
            shouldUpgrade: { channel, head in
                channel.eventLoop.makeFutureWithTask {
                    guard head.method == .GET, await accept(head) else { return nil }
                    return HTTPHeaders()
                }
            },
            upgradePipelineHandler: { channel, head in
                channel.eventLoop.makeCompletedFuture {
                    result(try WebSocketSession(channel: channel, head: head, settings: settings))
                }
            })
    }
}
