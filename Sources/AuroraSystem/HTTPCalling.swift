public import HTTPTypes
public import NIOCore

/// An outgoing HTTP call. Every call has a deadline for the answer's head and one for silence after it.
public struct HTTPCall: Sendable {
    public var method: HTTPRequest.Method
    /// `http://host:port/path`, `https://…`, or `http+unix://%2Fpath%2Fto%2Fsocket/path`.
    public var url: String
    public var headers: HTTPFields
    public var body: ByteBuffer?
    /// A body that is sent as it comes, in place of `body`. Such a call is never sent a second time.
    public var upload: HTTPUpload?
    /// From the start until the response head is there, connecting included; for an upload from its last piece on.
    public var headTimeout: Duration
    /// The longest silence between two pieces of the body, in either direction.
    public var idleTimeout: Duration

    public init(
        _ method: HTTPRequest.Method = .get, _ url: String, headers: HTTPFields = [:], body: ByteBuffer? = nil,
        headTimeout: Duration = .seconds(10), idleTimeout: Duration = .seconds(60)
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.headTimeout = headTimeout
        self.idleTimeout = idleTimeout
    }
}

/// A body too large to be held: it is taken piece by piece, each when the one before has left.
public struct HTTPUpload: Sendable {
    /// In bytes; nil when nobody knows, and then it goes out in chunks.
    public let length: Int?
    public let pieces: any AsyncSequence<ByteBuffer, any Error> & Sendable

    public init(length: Int?, pieces: any AsyncSequence<ByteBuffer, any Error> & Sendable) {
        self.length = length
        self.pieces = pieces
    }
}

/// The answer: head first, then the body as it comes. Dropping the body's iteration closes the connection.
public struct HTTPReply: Sendable {
    public let status: Int
    public let headers: HTTPFields
    public let body: AsyncThrowingStream<ByteBuffer, any Error>

    public init(status: Int, headers: HTTPFields, body: AsyncThrowingStream<ByteBuffer, any Error>) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Reads the whole body; throws `tooLarge` past `limit` bytes.
    public func collect(upTo limit: Int) async throws -> ByteBuffer {
        var all = ByteBuffer()
        for try await var piece in body {
            guard all.readableBytes + piece.readableBytes <= limit else {
                throw BodyTooLarge(limit: limit)
            }
            all.writeBuffer(&piece)
        }
        return all
    }
}

/// A reply had more bytes than the caller was ready to hold.
public struct BodyTooLarge: Error, Sendable {
    public let limit: Int
}

/// Anything that can make an HTTP call. Throws `AuroraError` (`unavailable`, `timedOut`).
public protocol HTTPCalling: Sendable {
    func call(_ call: HTTPCall) async throws -> HTTPReply
}
