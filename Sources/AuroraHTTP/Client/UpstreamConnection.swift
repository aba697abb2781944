public import NIOCore

/// Hears what an upstream answers. Lives on one event loop; each exchange gets `end` or `failed` exactly once, unless it cancelled.
public protocol UpstreamDelegate: AnyObject {
    func upstreamHead(_ head: ResponseHead)
    /// What one read brought of the body; never empty.
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
///
/// It reads and writes HTTP/1.1 as bytes: heads are never turned into lists of strings, which costs more than the rest of a short
/// exchange.
public final class UpstreamConnection: ChannelInboundHandler, RemovableChannelHandler {
    public typealias InboundIn = ByteBuffer
    public typealias OutboundOut = ByteBuffer

    /// Bodies up to this many bytes go out in one write with their head.
    private static let joinLimit = 16 * 1024

    let endpoint: Endpoint
    private let channel: any Channel
    private var context: ChannelHandlerContext?
    private weak var pool: UpstreamPool?
    private var delegate: (any UpstreamDelegate)?
    private var exchanges = 0
    private var received = ByteBuffer()
    private var parser = HeadParser(byteLimit: 256 * 1024, fieldLimit: 1000)
    /// Of the answer that comes in; nil before its head.
    private var decoder: BodyDecoder?
    private var answersHead = false
    private var reusable = true
    /// False while a body is still on its way: such a connection cannot take another request.
    private var requestEnded = true
    private var chunkedRequest = false
    private var paused = false
    /// When it was last put back into the pool.
    var idleSince = NIODeadline.now()

    init(endpoint: Endpoint, channel: any Channel, pool: UpstreamPool) {
        self.endpoint = endpoint
        self.channel = channel
        self.pool = pool
    }

    public func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    public func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    // MARK: Sending

    /// Sends a request. The connection goes back to its pool by itself when the answer ends.
    /// - Parameters:
    ///   - head: the request line and all fields, which must say how long the body is, with the empty line at the end.
    ///   - isHead: of a `HEAD` request, whose answer has no body whatever it says.
    public func send(_ head: ByteBuffer, body: ByteBuffer?, isHead: Bool = false, delegate: any UpstreamDelegate) {
        start(isHead: isHead, delegate)
        requestEnded = true
        guard let body, body.readableBytes > 0 else { return flush(head) }
        guard body.readableBytes <= Self.joinLimit else {
            context.map { $0.write(wrapOutboundOut(head), promise: nil) }
            return flush(body)
        }
        var both = head
        both.writeImmutableBuffer(body)
        flush(both)
    }

    /// Sends the head of a request whose body follows with `write` and `end`.
    /// - Parameter chunked: the head says `Transfer-Encoding: chunked`.
    public func begin(_ head: ByteBuffer, chunked: Bool, delegate: any UpstreamDelegate) {
        start(isHead: false, delegate)
        requestEnded = false
        chunkedRequest = chunked
        flush(head)
    }

    /// Sends a piece of the body; done when it has left, which is the moment for the next one.
    public func write(_ piece: ByteBuffer) -> EventLoopFuture<Void> {
        guard piece.readableBytes > 0 else { return channel.eventLoop.makeSucceededVoidFuture() }
        guard chunkedRequest else { return channel.writeAndFlush(piece) }
        var chunk = ByteBuffer(string: String(piece.readableBytes, radix: 16) + "\r\n")
        chunk.writeImmutableBuffer(piece)
        chunk.writeStaticString("\r\n")
        return channel.writeAndFlush(chunk)
    }

    /// The body is whole.
    public func end() -> EventLoopFuture<Void> {
        requestEnded = true
        guard chunkedRequest else { return channel.eventLoop.makeSucceededVoidFuture() }
        return channel.writeAndFlush(ByteBuffer(string: "0\r\n\r\n"))
    }

    private func start(isHead: Bool, _ delegate: any UpstreamDelegate) {
        self.delegate = delegate
        exchanges += 1
        decoder = nil
        answersHead = isHead
        chunkedRequest = false
    }

    private func flush(_ bytes: ByteBuffer) {
        context.map { $0.writeAndFlush(wrapOutboundOut(bytes), promise: nil) }
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

    // MARK: Receiving

    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if received.readableBytes == 0 { received = bytes } else { received.writeImmutableBuffer(bytes) }
        // Nobody asked: what would come next could not be told from the answer to the next request.
        guard delegate != nil else { return close() }
        do {
            try read()
        } catch {
            fail(.broken("it sent no HTTP: \(error)"))
            close()
        }
    }

    private func read() throws(HeadError) {
        while decoder == nil {
            guard let head = try parser.response(&received) else { return }
            if head.status == 101 { throw .malformed("it changed the protocol") }
            guard head.status >= 200 else { continue }
            reusable = head.isKeepAlive
            decoder = BodyDecoder(answersHead ? .none : try BodyFraming.of(head))
            delegate?.upstreamHead(head)
        }
        guard let piece = try decoder?.decode(&received) else { return endIfWhole() }
        delegate?.upstreamBody(piece)
        endIfWhole()
    }

    private func endIfWhole() {
        guard delegate != nil, decoder?.isEnded == true else { return }
        if received.readableBytes > 0 { reusable = false }
        finish()
    }

    public func channelReadComplete(context: ChannelHandlerContext) { delegate?.upstreamReadComplete() }

    public func channelInactive(context: ChannelHandlerContext) {
        pool?.forget(self)
        if let decoder, decoder.endsWithConnection {
            reusable = false
            finish()
        }
        fail(decoder == nil ? .closedBeforeHead(reused: exchanges > 1) : .broken("the connection closed"))
        context.fireChannelInactive()
    }

    public func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(decoder == nil ? .closedBeforeHead(reused: exchanges > 1) : .broken("\(error)"))
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
