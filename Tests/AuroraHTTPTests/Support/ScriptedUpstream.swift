import NIOCore
import NIOPosix
import Synchronization

/// A server of raw bytes that answers each request as the test says, and counts.
final class ScriptedUpstream: Sendable {
    /// What one request gets.
    enum Answer: Sendable {
        /// These bytes; the connection stays.
        case bytes(String)
        /// These bytes, then the end of the connection.
        case last(String)
        case close
        case silence

        /// A whole answer with a length, after which the connection can be used again.
        static func text(_ body: String, status: String = "200 OK") -> Answer {
            .bytes("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        }
    }

    private struct Counts {
        var connections = 0
        var closed = 0
        var requests: [String] = []
    }

    private let counts = Mutex(Counts())
    /// Connection and request on it, both from 1, to what it gets.
    private let script: @Sendable (Int, Int) -> Answer

    var connections: Int { counts.withLock { $0.connections } }
    var closed: Int { counts.withLock { $0.closed } }
    /// Heads and bodies as they came.
    var requests: [String] { counts.withLock { $0.requests } }

    private init(_ script: @escaping @Sendable (Int, Int) -> Answer) { self.script = script }

    static func with(
        unix path: String? = nil, _ script: @escaping @Sendable (_ connection: Int, _ request: Int) -> Answer,
        _ body: @Sendable (ScriptedUpstream, _ url: String) async throws -> Void
    ) async throws {
        let upstream = ScriptedUpstream(script)
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(upstream.handler()) }
        }
        let server =
            if let path { try await bootstrap.bind(unixDomainSocketPath: path).get() } else {
                try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
            }
        do {
            try await body(upstream, "http://127.0.0.1:\(server.localAddress?.port ?? 0)")
            try await server.close()
        } catch {
            try? await server.close()
            throw error
        }
    }

    private func handler() -> Handler {
        let number = counts.withLock { counts in
            counts.connections += 1
            return counts.connections
        }
        return Handler(self, connection: number)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let upstream: ScriptedUpstream
        private let connection: Int
        private var text = ""
        private var requests = 0

        init(_ upstream: ScriptedUpstream, connection: Int) {
            self.upstream = upstream
            self.connection = connection
        }

        /// Requests of the tests fit into one read; only their heads matter here.
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            text += String(buffer: unwrapInboundIn(data))
            guard text.contains("\r\n\r\n") else { return }
            requests += 1
            upstream.counts.withLock { [text] in $0.requests.append(text) }
            text = ""
            switch upstream.script(connection, requests) {
            case .bytes(let bytes): send(bytes, context)
            case .last(let bytes):
                send(bytes, context)
                context.close(promise: nil)
            case .close: context.close(promise: nil)
            case .silence: break
            }
        }

        func channelInactive(context: ChannelHandlerContext) { upstream.counts.withLock { $0.closed += 1 } }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        private func send(_ bytes: String, _ context: ChannelHandlerContext) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: bytes)), promise: nil)
        }
    }
}
