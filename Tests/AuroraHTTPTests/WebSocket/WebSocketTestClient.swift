import Foundation
import NIOCore
import NIOPosix

/// A WebSocket client that writes what it is told to, byte by byte, over a real connection.
struct WebSocketTestClient {
    static let handshakeKey = "dGhlIHNhbXBsZSBub25jZQ=="
    /// The answer to that key, from RFC 6455 section 1.3.
    static let handshakeAnswer = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    let channel: any Channel
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var buffer = ByteBuffer()

    /// Connects, lets `body` talk, and closes the connection.
    static func connect<Value: Sendable>(
        port: Int, _ body: @Sendable (inout WebSocketTestClient) async throws -> Value
    ) async throws -> Value {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.socketOption(.so_sndbuf), value: 64 * 1024)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(inboundType: ByteBuffer.self, outboundType: ByteBuffer.self))
                }
            }
        return try await channel.executeThenClose { inbound, _ in
            var client = WebSocketTestClient(channel: channel.channel, inbound: inbound.makeAsyncIterator())
            return try await body(&client)
        }
    }

    /// Connects, shakes hands on `/ws`, and lets `body` talk.
    static func open<Value: Sendable>(
        port: Int, _ body: @Sendable (inout WebSocketTestClient) async throws -> Value
    ) async throws -> Value {
        try await connect(port: port) { client async throws in
            let head = try await client.handshake()
            guard head.hasPrefix("HTTP/1.1 101 ") else { throw Refused(head: head) }
            return try await body(&client)
        }
    }

    struct Refused: Error { let head: String }

    /// Sends a request to upgrade and returns the head of the answer.
    mutating func handshake(method: String = "GET", path: String = "/ws", version: String = "13", extra: [String] = []) async throws
        -> String
    {
        let lines =
            [
                "\(method) \(path) HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: keep-alive, Upgrade",
                "Sec-WebSocket-Key: \(Self.handshakeKey)", "Sec-WebSocket-Version: \(version)",
            ] + extra
        try await send(raw: ByteBuffer(string: lines.joined(separator: "\r\n") + "\r\n\r\n"))
        return try await head()
    }

    func send(_ frame: WebSocketTestFrame) async throws { try await send(raw: frame.encoded()) }

    func send(raw bytes: ByteBuffer) async throws { try await channel.writeAndFlush(bytes) }

    /// The next frame of the server; nil when it has closed the connection.
    mutating func next() async throws -> WebSocketTestFrame? {
        while true {
            if let frame = WebSocketTestFrame(from: &buffer) { return frame }
            guard var more = try await inbound.next() else { return nil }
            buffer.writeBuffer(&more)
        }
    }

    /// Skips what comes before the server's close frame; nil when there is none.
    mutating func closeFrame() async throws -> WebSocketTestFrame? {
        while let frame = try await next() {
            if frame.opcode == 8 { return frame }
        }
        return nil
    }

    mutating func head() async throws -> String {
        while true {
            let text = String(buffer: buffer)
            if let end = text.range(of: "\r\n\r\n") {
                let head = text[..<end.lowerBound]
                buffer.moveReaderIndex(forwardBy: head.utf8.count + 4)
                return String(head)
            }
            guard var more = try await inbound.next() else { return text }
            buffer.writeBuffer(&more)
        }
    }
}
