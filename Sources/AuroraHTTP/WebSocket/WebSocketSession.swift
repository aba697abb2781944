import AuroraModel
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1
import NIOWebSocket
import ServiceLifecycle

/// A connection whose handshake is done, ready for an endpoint.
final class WebSocketSession: Sendable {
    /// The request that asked for the upgrade.
    let request: HTTPRequest
    private let channel: NIOAsyncChannel<String, Never>
    private let settings: WebSocketSettings

    /// Adds the handlers of a session to a channel that carries frames. Must run on the channel's event loop.
    init(channel: any Channel, head: HTTPRequestHead, settings: WebSocketSettings) throws {
        self.request = try HTTPRequest(head, secure: false, splitCookie: false)
        self.settings = settings
        try channel.pipeline.syncOperations.addHandler(WebSocketHandler(settings: settings))
        self.channel = try NIOAsyncChannel(
            wrappingChannelSynchronously: channel,
            configuration: .init(backPressureStrategy: .init(lowWatermark: 1, highWatermark: 4)))
    }

    /// Lets the endpoint talk, and returns when the connection is closed.
    ///
    /// Sends pings meanwhile, and closes with 1000 when the endpoint returns, with 1001 when a graceful shutdown begins.
    func run(_ endpoint: any WebSocketEndpoint, request: HTTPRequest, principal: Principal) async {
        let peer = WebSocketPeer(channel: channel.channel)
        await withGracefulShutdownHandler {
            try? await channel.executeThenClose { inbound in
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await peer.pump(inbound) }
                    group.addTask { await self.keepAlive(peer) }
                    await endpoint.serve(peer, request: request, principal: principal)
                    await peer.close(code: 1000, reason: "")
                    group.cancelAll()
                }
            }
        } onGracefulShutdown: {
            peer.command(.close(code: 1001, reason: "the node is stopping"))
        }
    }

    private func keepAlive(_ peer: WebSocketPeer) async {
        while (try? await settings.nextPing()) != nil { peer.command(.tick) }
    }
}
