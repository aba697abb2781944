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
            guard let upload = call.upload else { return try await loop.flatSubmit { exchange.value.start() }.get() }
            return try await send(upload, exchange, on: loop)
        } onCancel: {
            loop.execute { exchange.value.cancel() }
        }
    }

    /// Sends the body while it waits for the answer, which may come before the body is whole: then the rest is not wanted.
    private func send(
        _ upload: HTTPUpload, _ exchange: NIOLoopBound<ClientExchange>, on loop: any EventLoop
    ) async throws -> HTTPReply {
        try await withThrowingTaskGroup(of: HTTPReply?.self) { group in
            group.addTask { try await loop.flatSubmit { exchange.value.start() }.get() }
            group.addTask {
                do {
                    for try await piece in upload.pieces {
                        try await loop.flatSubmit { exchange.value.write(piece) }.get()
                        try Task.checkCancellation()
                    }
                    try await loop.flatSubmit { exchange.value.endBody() }.get()
                } catch is UploadOver {
                    // The answer is there, or the reason why there is none.
                } catch {
                    loop.execute { exchange.value.cancel() }
                    throw error
                }
                return nil
            }
            defer { group.cancelAll() }
            while let answered = try await group.next() {
                if let reply = answered { return reply }
            }
            throw CancellationError()
        }
    }
}

/// The other side does not take more of a body.
private struct UploadOver: Error {}

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
    /// Done when a body can be sent; only for uploads.
    private let connected: EventLoopPromise<Void>?
    private var timer: Scheduled<Void>?
    private var retried = false
    private var over = false

    init(_ call: HTTPCall, endpoint: Endpoint, path: String, pool: UpstreamPool) {
        self.call = call
        self.endpoint = endpoint
        self.path = path
        self.pool = pool
        head = pool.loop.makePromise()
        connected = call.upload.map { _ in pool.loop.makePromise() }
    }

    func start() -> EventLoopFuture<HTTPReply> {
        guard let head else { return pool.loop.makeFailedFuture(CancellationError()) }
        arm(call.headTimeout, "no answer from '\(endpoint.hostHeader)' within \(call.headTimeout)")
        // What is sent as it comes cannot be sent again, so it does not try its luck with a connection that may be closing.
        attempt(fresh: call.upload != nil)
        return head.futureResult
    }

    func write(_ piece: ByteBuffer) -> EventLoopFuture<Void> { upload { $0.write(piece) } }

    func endBody() -> EventLoopFuture<Void> {
        upload { [self] connection in
            arm(call.headTimeout, "no answer from '\(endpoint.hostHeader)' within \(call.headTimeout)")
            return connection.end()
        }
    }

    private func upload(_ step: @escaping (UpstreamConnection) -> EventLoopFuture<Void>) -> EventLoopFuture<Void> {
        guard !over, head != nil, let connected else { return pool.loop.makeFailedFuture(UploadOver()) }
        return connected.futureResult.assumeIsolated().flatMap { [self] in
            guard !over, head != nil, let connection else { return pool.loop.makeFailedFuture(UploadOver()) }
            arm(call.idleTimeout, "'\(endpoint.hostHeader)' took no more of the body for \(call.idleTimeout)")
            return step(connection)
        }.flatMapError { _ in
            // The connection broke; what the exchange hears of it says why.
            self.pool.loop.makeFailedFuture(UploadOver())
        }.nonisolated()
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
                guard let connected else {
                    return connection.send(requestHead(), body: call.body, isHead: call.method == .head, delegate: self)
                }
                connection.begin(requestHead(), chunked: call.upload?.length == nil, delegate: self)
                connected.succeed()
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
        head.writeString(framing)
        head.writeStaticString("\r\n")
        return head
    }

    /// The field that tells how long the body is.
    private var framing: String {
        if let upload = call.upload { return upload.length.map { "content-length: \($0)\r\n" } ?? "transfer-encoding: chunked\r\n" }
        let length = call.body?.readableBytes ?? 0
        return length > 0 || call.method == .post ? "content-length: \(length)\r\n" : ""
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
        connected?.fail(UploadOver())
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
