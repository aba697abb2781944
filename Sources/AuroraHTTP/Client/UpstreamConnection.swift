public import NIOCore
public import NIOHTTP1

/// Hears what an upstream answers. Lives on one event loop; each exchange gets `end` or `failed` exactly once, unless it cancelled.
public protocol UpstreamDelegate: AnyObject {
    func upstreamHead(_ head: HTTPResponseHead)
    func upstreamBody(_ bytes: ByteBuffer)
    /// Everything that came in one read has been handed over: the moment to flush.
    func upstreamReadComplete()
    func upstreamEnd()
    func upstreamFailed(_ failure: UpstreamFailure)
}

/// Why an exchange with an upstream broke.
public enum UpstreamFailure: Error, Sendable {
    case connect(String)
    /// Closed before an answer began. On a reused connection the upstream may just have been closing it: try a fresh one.
    case closedBeforeHead(reused: Bool)
    /// Closed, or sent no HTTP, in the middle of an answer.
    case broken(String)

    /// One sentence for people.
    public var words: String {
        switch self {
        case .connect(let reason): "cannot connect: \(reason)"
        case .closedBeforeHead: "it closed the connection without an answer"
        case .broken(let reason): "its answer broke off: \(reason)"
        }
    }
}

/// A keep-alive connection to an upstream, one exchange at a time. Confined to its event loop.
public final class UpstreamConnection: ChannelInboundHandler, RemovableChannelHandler {
    public typealias InboundIn = HTTPClientResponsePart
    public typealias OutboundOut = HTTPClientRequestPart

    let endpoint: Endpoint
    private let channel: any Channel
    private weak var pool: UpstreamPool?
    private var delegate: (any UpstreamDelegate)?
    private var exchanges = 0
    private var sawHead = false
    private var reusable = true
    /// False while a body is still on its way: such a connection cannot take another request.
    private var requestEnded = true
    private var paused = false
    /// When it was last put back into the pool.
    var idleSince = NIODeadline.now()

    init(endpoint: Endpoint, channel: any Channel, pool: UpstreamPool) {
        self.endpoint = endpoint
        self.channel = channel
        self.pool = pool
    }

    /// Sends a request; the head must say how long the body is. The connection goes back to its pool by itself when the answer ends.
    public func send(_ head: HTTPRequestHead, body: ByteBuffer?, delegate: any UpstreamDelegate) {
        start(head, delegate: delegate)
        requestEnded = true
        if let body, body.readableBytes > 0 { channel.write(HTTPClientRequestPart.body(.byteBuffer(body)), promise: nil) }
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    }

    /// Sends the head of a request whose body follows with `write` and `end`.
    public func begin(_ head: HTTPRequestHead, delegate: any UpstreamDelegate) {
        start(head, delegate: delegate)
        requestEnded = false
        channel.flush()
    }

    /// Sends a piece of the body; done when it has left, which is the moment for the next one.
    public func write(_ bytes: ByteBuffer) -> EventLoopFuture<Void> {
        channel.writeAndFlush(HTTPClientRequestPart.body(.byteBuffer(bytes)))
    }

    /// The body is whole.
    public func end() -> EventLoopFuture<Void> {
        requestEnded = true
        return channel.writeAndFlush(HTTPClientRequestPart.end(nil))
    }

    private func start(_ head: HTTPRequestHead, delegate: any UpstreamDelegate) {
        self.delegate = delegate
        exchanges += 1
        sawHead = false
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
    }

    /// Ends the exchange and the upstream's work for it: the connection is closed, nothing more is heard of it.
    public func cancel() {
        delegate = nil
        channel.close(promise: nil)
    }

    /// Stops reading while the other side cannot take more, and goes on.
    public func setPaused(_ pause: Bool) {
        guard pause != paused else { return }
        paused = pause
        _ = try? channel.syncOptions?.setOption(.autoRead, value: !pause)
        if !pause { channel.read() }
    }

    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard head.status.code >= 200 else { return }
            sawHead = true
            reusable = head.isKeepAlive
            delegate?.upstreamHead(head)
        case .body(let bytes):
            delegate?.upstreamBody(bytes)
        case .end:
            finish()
        }
    }

    public func channelReadComplete(context: ChannelHandlerContext) {
        delegate?.upstreamReadComplete()
    }

    public func channelInactive(context: ChannelHandlerContext) {
        pool?.forget(self)
        fail(sawHead ? .broken("the connection closed") : .closedBeforeHead(reused: exchanges > 1))
        context.fireChannelInactive()
    }

    public func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(sawHead || error is HTTPParserError ? .broken("\(error)") : .closedBeforeHead(reused: exchanges > 1))
        context.close(promise: nil)
    }

    private func finish() {
        let finished = delegate
        delegate = nil
        setPaused(false)
        if reusable, requestEnded, let pool { pool.release(self) } else { channel.close(promise: nil) }
        finished?.upstreamEnd()
    }

    private func fail(_ failure: UpstreamFailure) {
        let failed = delegate
        delegate = nil
        failed?.upstreamFailed(failure)
    }

    var isOpen: Bool { channel.isActive }

    func close() { channel.close(promise: nil) }
}
