import AuroraDialects
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

/// A small HTTP client that shows the body as it comes and can leave whenever it likes.
struct TestClient: Sendable {
    let port: Int

    struct Reply: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: ByteBuffer

        var text: String { String(buffer: body) }
        var json: JSON { get throws { try JSON(parsing: body) } }
        var error: JSON? { try? json["error"] }
    }

    /// The body, piece by piece.
    struct Reader {
        let status: Int
        let headers: HTTPHeaders
        fileprivate var parts: NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator

        mutating func next() async throws -> ByteBuffer? {
            while let part = try await parts.next() {
                switch part {
                case .body(let piece): return piece
                case .end: return nil
                case .head: continue
                }
            }
            return nil
        }

        /// Reads until the text has come, and returns all that was read.
        mutating func read(until text: String) async throws -> String {
            var all = ""
            while !all.contains(text), let piece = try await next() { all += String(buffer: piece) }
            return all
        }
    }

    func call(_ method: HTTPMethod, _ path: String, _ body: String? = nil, headers: HTTPHeaders = [:]) async throws -> Reply {
        try await call(method, path, bytes: body.map { ByteBuffer(string: $0) }, headers: headers)
    }

    func call(_ method: HTTPMethod, _ path: String, bytes: ByteBuffer?, headers: HTTPHeaders = [:]) async throws -> Reply {
        try await stream(method, path, bytes: bytes, headers: headers) { reader in
            var all = ByteBuffer()
            while var piece = try await reader.next() { all.writeBuffer(&piece) }
            return Reply(status: reader.status, headers: reader.headers, body: all)
        }
    }

    /// The connection is closed when `body` returns, read or not.
    func stream<Value: Sendable>(
        _ method: HTTPMethod, _ path: String, bytes: ByteBuffer? = nil, headers: HTTPHeaders = [:],
        _ body: @Sendable (inout Reader) async throws -> Value
    ) async throws -> Value {
        try await connected(method, path, bytes: bytes, headers: headers) { inbound in
            var parts = inbound.makeAsyncIterator()
            guard case .head(let head)? = try await parts.next() else { throw NeverHappened() }
            var reader = Reader(status: Int(head.status.code), headers: head.headers, parts: parts)
            return try await body(&reader)
        }
    }

    /// Sends the request and leaves the answer to `body`.
    func connected<Value: Sendable>(
        _ method: HTTPMethod, _ path: String, bytes: ByteBuffer? = nil, headers: HTTPHeaders = [:],
        _ body: @Sendable (NIOAsyncChannelInboundStream<HTTPClientResponsePart>) async throws -> Value
    ) async throws -> Value {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(wrappingChannelSynchronously: channel)
                }
            }
        var head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
        head.headers.replaceOrAdd(name: "Host", value: "127.0.0.1")
        head.headers.replaceOrAdd(name: "Content-Length", value: "\(bytes?.readableBytes ?? 0)")
        return try await channel.executeThenClose { [head] inbound, outbound in
            try await outbound.write(.head(head))
            if let bytes { try await outbound.write(.body(.byteBuffer(bytes))) }
            try await outbound.write(.end(nil))
            return try await body(inbound)
        }
    }
}
