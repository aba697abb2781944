import AuroraModel
public import AuroraSystem
import HTTPTypes
import NIOCore
import NIOPosix

/// The ordinary HTTP client, over the same pools that the gateway's hot path uses.
public struct NodeHTTPClient: HTTPCalling {
    private let pools: UpstreamPools

    public init(pools: UpstreamPools) { self.pools = pools }

    /// For a process that has no event loops of its own, such as the CLI.
    public static func standalone() throws -> NodeHTTPClient {
        NodeHTTPClient(pools: try UpstreamPools(group: MultiThreadedEventLoopGroup.singleton))
    }

    public func call(_ call: HTTPCall) async throws -> HTTPReply {
        let (endpoint, path) = try Endpoint.parse(call.url)
        let loop = pools.anyLoop()
        let exchange = try await loop.submit { [pools] in
            guard let pool = pools.pool(on: loop) else { throw AuroraError(.failed, "the event loop has no connection pool") }
            return NIOLoopBound(ClientExchange(call, endpoint: endpoint, path: path, pool: pool), eventLoop: loop)
        }.get()
        return try await withTaskCancellationHandler {
            try await loop.flatSubmit { exchange.value.start() }.get()
        } onCancel: {
            loop.execute { exchange.value.cancel() }
        }
    }
}

/// One call of `NodeHTTPClient`. Confined to its event loop.
private final class ClientExchange: UpstreamDelegate {
    /// Pieces of a body that wait for their reader; a reader further behind than this is stuck.
    private static let pieceLimit = 16_384

    private let call: HTTPCall
    private let endpoint: Endpoint
    private let path: String
    private let pool: UpstreamPool
    /// Until it is kept: it would hold the reply, and so the stream whose end tells that nobody reads any more.
    private var head: EventLoopPromise<HTTPReply>?
    private var body: AsyncThrowingStream<ByteBuffer, any Error>.Continuation?
    private var connection: UpstreamConnection?
    private var timer: Scheduled<Void>?
    private var retried = false
    private var over = false

    init(_ call: HTTPCall, endpoint: Endpoint, path: String, pool: UpstreamPool) {
        self.call = call
        self.endpoint = endpoint
        self.path = path
        self.pool = pool
        head = pool.loop.makePromise()
    }

    func start() -> EventLoopFuture<HTTPReply> {
        guard let head else { return pool.loop.makeFailedFuture(CancellationError()) }
        arm(call.headTimeout, "no answer from '\(endpoint.hostHeader)' within \(call.headTimeout)")
        attempt(fresh: false)
        return head.futureResult
    }

    /// May come after the end, when the connection serves somebody else already.
    func cancel() {
        guard !over else { return }
        finish(.failure(CancellationError()))
        connection?.cancel()
    }

    private func attempt(fresh: Bool) {
        pool.acquire(endpoint, fresh: fresh, timeout: TimeAmount(call.headTimeout)) { [self] result in
            switch result {
            case .failure(let failure): upstreamFailed(failure)
            case .success(let connection):
                guard !over else { return connection.cancel() }
                self.connection = connection
                connection.send(requestHead(), body: call.body, isHead: call.method == .head, delegate: self)
            }
        }
    }

    private func requestHead() -> ByteBuffer {
        var head = ByteBuffer()
        head.writeString("\(call.method.rawValue) \(path) HTTP/1.1\r\nhost: \(endpoint.hostHeader)\r\n")
        // Names and values of `HTTPFields` cannot hold line ends.
        for field in call.headers where field.name != .contentLength {
            head.writeString("\(field.name.rawName): \(field.value)\r\n")
        }
        let length = call.body?.readableBytes ?? 0
        if length > 0 || call.method == .post { head.writeString("content-length: \(length)\r\n") }
        head.writeStaticString("\r\n")
        return head
    }

    func upstreamHead(_ head: ResponseHead) {
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: ByteBuffer.self, bufferingPolicy: .bufferingOldest(Self.pieceLimit))
        let bound = NIOLoopBound(self, eventLoop: pool.loop)
        let loop = pool.loop
        continuation.onTermination = { reason in
            if case .cancelled = reason { loop.execute { bound.value.cancel() } }
        }
        body = continuation
        arm(call.idleTimeout, "'\(endpoint.hostHeader)' fell silent for \(call.idleTimeout)")
        self.head?.succeed(HTTPReply(status: head.status, headers: HTTPFields(head.fields), body: stream))
        self.head = nil
    }

    func upstreamBody(_ bytes: ByteBuffer) {
        arm(call.idleTimeout, "'\(endpoint.hostHeader)' fell silent for \(call.idleTimeout)")
        if case .dropped? = body?.yield(bytes) {
            finish(.failure(AuroraError(.overloaded, "the reader of an answer is too slow")))
            connection?.cancel()
        }
    }

    func upstreamReadComplete() {}

    func upstreamEnd() { finish(.success(())) }

    func upstreamFailed(_ failure: UpstreamFailure) {
        if case .closedBeforeHead(reused: true) = failure, !retried {
            retried = true
            return attempt(fresh: true)
        }
        finish(.failure(AuroraError(.unavailable, "'\(endpoint.hostHeader)' does not answer: \(failure.words)")))
    }

    private func arm(_ limit: Duration, _ words: String) {
        timer?.cancel()
        timer = pool.loop.assumeIsolated().scheduleTask(in: TimeAmount(limit)) { [self] in
            finish(.failure(AuroraError(.timedOut, words)))
            connection?.cancel()
        }
    }

    private func finish(_ result: Result<Void, any Error>) {
        guard !over else { return }
        over = true
        timer?.cancel()
        switch result {
        case .success: body?.finish()
        case .failure(let error):
            if let body { body.finish(throwing: error) } else { head?.fail(error) }
            head = nil
        }
    }
}

extension HTTPFields {
    /// Fields with names that are none, which no parser lets through, are left out.
    init(_ fields: HeaderFields) {
        self.init()
        for (name, value) in fields.all {
            if let name = HTTPField.Name(name) { append(HTTPField(name: name, value: value)) }
        }
    }
}
