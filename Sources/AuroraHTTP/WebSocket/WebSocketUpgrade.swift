import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Takes a connection from HTTP/1.1 to WebSocket.
///
/// A listener sets up each connection with one outcome type for both ways it can go:
///
///     enum Outcome { case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>), webSocket(WebSocketSession) }
///
///     let outcome = try WebSocketUpgrade.configure(
///         channel,
///         accept: { head in endpoint.accepts(path: …) && OriginCheck.allows(…) && (await tokens.allow(head)) },
///         webSocket: Outcome.webSocket,
///         http: { channel in /* add the HTTP handlers behind the codec */ Outcome.http(try NIOAsyncChannel(…)) })
///
/// and later, in the task that handles the connection:
///
///     switch try await outcome.get() {   // throws when the connection ends before it has decided
///     case .http(let channel): …
///     case .webSocket(let session): await session.run(endpoint, request: session.request, principal: principal)
///     }
///
/// A handshake that is not accepted goes on as an ordinary request, so the router answers it: 401, 403 or 404 with its usual body. Only
/// the first request of a connection can upgrade it, as browsers and clients do it. For a graceful shutdown, run the session where
/// ServiceLifecycle sees one, or fire `ChannelShouldQuiesceEvent` into the channel; either closes with 1001.
enum WebSocketUpgrade {
    /// Adds the HTTP/1.1 codec and whatever the first request asks for behind it. Must run on the channel's event loop.
    static func configure<Outcome: Sendable>(
        _ channel: any Channel, settings: WebSocketSettings = WebSocketSettings(), limits: NIOHTTPDecoderLimitConfiguration = .init(),
        accept: @escaping @Sendable (HTTPRequestHead) async -> Bool,
        webSocket: @escaping @Sendable (WebSocketSession) -> Outcome,
        http: @escaping @Sendable (any Channel) throws -> Outcome
    ) throws -> EventLoopFuture<Outcome> {
        try ConnectionUpgrade.configure(
            channel, limits: limits, timeout: settings.firstRequestTimeout,
            upgraders: [upgrader(accept: accept, settings: settings, outcome: webSocket)], http: http)
    }

    /// Checks the handshake and answers it, then puts a session into the pipeline.
    static func upgrader<Outcome: Sendable>(
        accept: @escaping @Sendable (HTTPRequestHead) async -> Bool, settings: WebSocketSettings = WebSocketSettings(),
        outcome: @escaping @Sendable (WebSocketSession) -> Outcome
    ) -> NIOTypedWebSocketServerUpgrader<Outcome> {
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
                    outcome(try WebSocketSession(channel: channel, head: head, settings: settings))
                }
            })
    }
}
