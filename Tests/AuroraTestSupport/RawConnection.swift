import NIOCore
import NIOPosix

/// A TCP connection that sends and reads bytes as they are, for tests of what a well-behaved client never does.
public struct RawConnection: Sendable {
    private let channel: any Channel
    private let received: AsyncStream<String>

    private init(channel: any Channel, received: AsyncStream<String>) {
        self.channel = channel
        self.received = received
    }

    public static func open(port: Int) async throws -> RawConnection {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Collector(continuation)) }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return RawConnection(channel: channel, received: stream)
    }

    public func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    public func send(bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// Reads until the text so far has `part`, or the peer closes. One reader at a time.
    public func read(until part: String) async -> String {
        var text = ""
        for await piece in received {
            text += piece
            if text.contains(part) { break }
        }
        return text
    }

    /// Everything until the peer closes.
    public func readToEnd() async -> String {
        var text = ""
        for await piece in received { text += piece }
        return text
    }

    /// Closes it, unless the peer has already.
    public func close() async throws {
        do { try await channel.close() } catch ChannelError.alreadyClosed {}
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let continuation: AsyncStream<String>.Continuation

        init(_ continuation: AsyncStream<String>.Continuation) { self.continuation = continuation }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            continuation.yield(String(buffer: unwrapInboundIn(data)))
        }

        func channelInactive(context: ChannelHandlerContext) { continuation.finish() }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
