import AuroraModel
import NIOCore

/// The other end of an open WebSocket, as an endpoint sees it.
final class WebSocketPeer: WebSocketConnection {
    let messages: AsyncStream<String>
    private let channel: any Channel
    private let demand = AsyncStream<Void>.makeStream()
    private let texts = AsyncStream<String>.makeStream()

    /// Messages are pulled one by one, so that those nobody has asked for stay with the channel, which then stops reading.
    init(channel: any Channel) {
        self.channel = channel
        messages = AsyncStream { [demand, texts] in
            demand.continuation.yield()
            var iterator = texts.stream.makeAsyncIterator()
            return await iterator.next()
        }
    }

    /// Passes on a message for each that is asked for, until there are no more.
    func pump(_ inbound: NIOAsyncChannelInboundStream<String>) async {
        defer { texts.continuation.finish() }
        var iterator = inbound.makeAsyncIterator()
        for await _ in demand.stream {
            guard let text = try? await iterator.next() else { return }
            texts.continuation.yield(text)
        }
    }

    func send(_ text: String) async throws {
        do {
            try await channel.writeAndFlush(text)
        } catch {
            throw AuroraError(.unavailable, "the peer of the WebSocket is gone: \(error)", hint: "let it connect again")
        }
    }

    /// Returns when the connection is closed, at the latest after the close time-out.
    func close(code: Int, reason: String) async {
        command(.close(code: code, reason: reason))
        try? await channel.closeFuture.get()
    }

    func command(_ command: WebSocketHandler.Command) {
        channel.pipeline.fireUserInboundEventTriggered(command)
    }
}
