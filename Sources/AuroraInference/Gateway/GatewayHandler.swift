import AuroraDialects
import AuroraHTTP
import AuroraModel
import NIOCore

/// One client connection of the gateway: takes hot routes itself and lets every other request through to Hummingbird.
///
/// It stands in front of the HTTP codec and reads bytes: a hot request never becomes a list of strings. Requests of a connection are
/// answered one after the other; what comes early waits here, and past a limit in the socket.
final class GatewayHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case idle
        /// Reading the body of a hot request.
        case receiving(IncomingRequest)
        /// All of a large body has come, and is on its way to its file.
        case storing(IncomingRequest)
        /// A hot request was refused before its body had ended; the rest is thrown away, up to a limit, so that the client reads why.
        case discarding(bytes: Int)
        case exchanging(Exchange)
        /// Hummingbird answers; over when both directions have ended.
        case passing(answered: Bool)
    }

    /// Bytes of further requests that wait; past this, reading stops.
    private static let waitingLimit = 256 * 1024
    /// How much of a refused body is still read, in bytes, and for how long.
    private static let discardLimit = 8 * 1024 * 1024
    private static let discardTime = TimeAmount.seconds(5)
    /// A connection that asks nothing, or does not finish asking, for this long is closed; looked at once in a while.
    private static let idleLimit = TimeAmount.seconds(75)
    private static let idleLook = TimeAmount.seconds(25)

    private let gateway: Gateway
    private let loop: GatewayLoop
    private var state = State.idle
    private var received = ByteBuffer()
    private var parser: HeadParser
    /// Of the request that comes in.
    private var body = BodyDecoder(.none)
    private var writer = ResponseWriter()
    private var advancing = false
    private var readHeld = false
    private var minorVersion = 1
    /// Who sent the request, if a web page did.
    private var origin: (page: String, host: String?)?
    private var closeAfterAnswer = false
    private var lastHeard = NIODeadline.now()
    private var context: ChannelHandlerContext?

    init(_ gateway: Gateway, loop: GatewayLoop) {
        self.gateway = gateway
        self.loop = loop
        parser = HeadParser(byteLimit: gateway.limits.headerBytes)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        lookForIdleness(context.eventLoop)
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    private func lookForIdleness(_ loop: any EventLoop) {
        loop.assumeIsolated().scheduleTask(in: Self.idleLook) { [weak self] in
            guard let self, let context = self.context else { return }
            if !self.isBusy, .now() - self.lastHeard > Self.idleLimit { return context.close(promise: nil) }
            self.lookForIdleness(loop)
        }
    }

    // MARK: What the client sends

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        lastHeard = .now()
        if received.readableBytes == 0 { received = bytes } else { received.writeImmutableBuffer(bytes) }
        advance()
    }

    /// What stands behind sees only reads that brought something for it.
    func channelReadComplete(context: ChannelHandlerContext) {
        if case .passing = state { context.fireChannelReadComplete() }
    }

    /// Whether the request before has been read but not yet answered.
    private var isBusy: Bool {
        switch state {
        case .exchanging, .storing: true
        case .passing(let answered): body.isEnded && !answered
        default: false
        }
    }

    /// Works on what has been received, until more is needed or an answer must come first.
    private func advance() {
        guard !advancing, let context else { return }
        advancing = true
        do throws(HeadError) {
            while received.readableBytes > 0 || body.isEnded, try step(context) {}
        } catch {
            rejectGarbage(error)
        }
        advancing = false
    }

    /// False when nothing more can be done now.
    private func step(_ context: ChannelHandlerContext) throws(HeadError) -> Bool {
        switch state {
        case .idle:
            guard received.readableBytes > 0, let head = try parser.request(&received) else { return false }
            try begin(head, context)
            return true
        case .receiving(let request):
            return try receive(request)
        case .discarding(let soFar):
            return try discard(soFar)
        case .passing(let answered):
            if !body.isEnded, try !pass(context) { return false }
            // Its answer came before its body was whole.
            guard answered, body.isEnded else { return !body.isEnded }
            finishPassed()
            return true
        case .exchanging, .storing:
            return false
        }
    }

    private func begin(_ head: RequestHead, _ context: ChannelHandlerContext) throws(HeadError) {
        body = BodyDecoder(try BodyFraming.of(head))
        minorVersion = head.minorVersion
        origin = head.fields[.origin].map { ($0, head.fields[.host]) }
        if !head.isKeepAlive { closeAfterAnswer = true }
        guard let route = GatewayRoute(head) else {
            state = .passing(answered: false)
            return context.fireChannelRead(wrapInboundOut(head.fields.raw))
        }
        let request = IncomingRequest(head, route: route)
        state = .receiving(request)
        if let refusal = request.check(gateway) { return refuse(refusal, request) }
        if head.fields.has("100-continue", in: .expect), received.readableBytes == 0 {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
        }
    }

    private func receive(_ request: IncomingRequest) throws(HeadError) -> Bool {
        let hadSpool = request.spool != nil
        if let piece = try body.decode(&received), let refusal = request.append(piece, gateway, on: loop.pool.loop) {
            refuse(refusal, request)
            return true
        }
        if !hadSpool { request.spool?.onChange = { [weak self, weak request] in request.map { self?.storageMoved(of: $0) } } }
        guard body.isEnded else { return false }
        if let spool = request.spool {
            state = .storing(request)
            spool.end()
        } else {
            start(request)
        }
        return true
    }

    /// A large body has got further on its way to its file.
    private func storageMoved(of request: IncomingRequest) {
        switch state {
        case .receiving(let current) where current === request, .storing(let current) where current === request: break
        default: return
        }
        switch request.spool?.state {
        case .failed(let error)?: refuse(error, request)
        case .whole?: start(request)
        case .storing?, nil: break
        }
        readOn()
    }

    private func discard(_ soFar: Int) throws(HeadError) -> Bool {
        let bytes = soFar + (try body.decode(&received)?.readableBytes ?? 0)
        state = .discarding(bytes: bytes)
        guard bytes <= Self.discardLimit else {
            context?.close(promise: nil)
            return false
        }
        if body.isEnded { finishAnswer() }
        return false
    }

    /// The bytes as they came: the codec behind takes them apart again.
    private func pass(_ context: ChannelHandlerContext) throws(HeadError) -> Bool {
        var raw = received
        _ = try body.decode(&received)
        let used = raw.readableBytes - received.readableBytes
        guard used > 0, let bytes = raw.readSlice(length: used) else { return false }
        context.fireChannelRead(wrapInboundOut(bytes))
        return true
    }

    private func start(_ request: IncomingRequest) {
        switch request.finish(gateway) {
        case .failure(let refusal): refuse(refusal, request)
        case .success(let question):
            let exchange = Exchange(question, gateway: gateway, loop: loop, client: self)
            state = .exchanging(exchange)
            exchange.start()
        }
    }

    private func refuse(_ error: DialectError, _ request: IncomingRequest) {
        request.release(gateway)
        gateway.metrics.answeredAlone(request.route, code: error.status)
        if !body.isEnded { closeAfterAnswer = true }
        send(GatewayAnswer.error(error, route: request.route, requestID: request.id))
        guard !body.isEnded else {
            state = .idle
            return finishAnswer()
        }
        state = .discarding(bytes: 0)
        context?.eventLoop.assumeIsolated().scheduleTask(in: Self.discardTime) { [weak self] in self?.giveUpDiscarding() }
    }

    private func giveUpDiscarding() {
        if case .discarding = state { context?.close(promise: nil) }
    }

    // MARK: What the exchange answers

    var isWritable: Bool { context?.channel.isWritable ?? false }

    /// A whole answer of our own.
    func send(_ answer: GatewayAnswer) {
        writeHead(status: answer.status, fields: answer.fields, length: answer.body.readableBytes)
        write(answer.body)
        writeEnd()
        flush()
    }

    /// - Parameters:
    ///   - fields: lines of header fields, each with its CR LF.
    ///   - length: of the body, where it is known.
    func writeHead(status: Int, fields: ByteBuffer, length: Int?) {
        var fields = fields
        if let origin { gateway.cors.write(to: &fields, origin: origin.page, host: origin.host) }
        writer.head(status: status, fields: fields, length: length, minorVersion: minorVersion, keepAlive: !closeAfterAnswer)
        if writer.endsWithConnection { closeAfterAnswer = true }
    }

    func write(_ head: AnswerHead) { writeHead(status: head.status, fields: head.fields, length: head.length) }

    func write(_ bytes: ByteBuffer) { writer.body(bytes) }

    func writeEnd(trailer: ByteBuffer? = nil) { writer.end(trailer: trailer) }

    func flush() {
        guard let context, !writer.isEmpty else { return }
        writer.take { context.write(wrapOutboundOut($0), promise: nil) }
        context.flush()
    }

    /// The exchange is over and its answer complete.
    func exchangeEnded() { finishAnswer() }

    /// The answer cannot be completed: the client must see that, so the connection is cut instead of ended.
    func exchangeBroken() {
        flush()
        state = .idle
        context?.close(promise: nil)
    }

    private func finishAnswer() {
        state = .idle
        lastHeard = .now()
        if closeAfterAnswer { context?.close(promise: nil) } else { takeWaiting() }
    }

    private func takeWaiting() {
        guard let context else { return }
        if received.readableBytes > 0 {
            advance()
            // Hummingbird looks at what it was given only when a read completes.
            context.fireChannelReadComplete()
        }
        readOn()
    }

    private func readOn() {
        guard readHeld, !holdsReads else { return }
        readHeld = false
        context?.read()
    }

    /// What comes early is left in the socket past a limit, and so is a body that comes faster than the disk takes it.
    private var holdsReads: Bool {
        if case .receiving(let request) = state, request.spool?.isBehind == true { return true }
        return isBusy && received.readableBytes >= Self.waitingLimit
    }

    // MARK: What Hummingbird answers

    /// The end of its answer has been written, but not flushed yet.
    func passedAnswerEnded() {
        guard case .passing = state else { return }
        state = .passing(answered: true)
        if body.isEnded { finishPassed() }
    }

    private func finishPassed() {
        state = .idle
        lastHeard = .now()
        if closeAfterAnswer {
            context?.flush()
            context?.close(promise: nil)
        } else {
            takeWaiting()
        }
    }

    // MARK: The connection

    func read(context: ChannelHandlerContext) {
        if holdsReads { readHeld = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if case .exchanging(let exchange) = state { exchange.clientWritable(context.channel.isWritable) }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        switch state {
        case .exchanging(let exchange): exchange.clientGone()
        case .receiving(let request), .storing(let request): request.release(gateway)
        default: break
        }
        state = .idle
        received = ByteBuffer()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .passing = state { return context.fireErrorCaught(error) }
        context.close(promise: nil)
    }

    /// What the client sent is no HTTP. It is told so, unless an answer is on its way already.
    private func rejectGarbage(_ error: HeadError) {
        if case .receiving(let request) = state { request.release(gateway) }
        received = ByteBuffer()
        closeAfterAnswer = true
        switch state {
        case .idle, .receiving: send(GatewayAnswer.garbage(error))
        default: break
        }
        state = .idle
        context?.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        closeAfterAnswer = true
        // Hummingbird is not told: it does not know of hot requests and would close at once.
        if case .idle = state { context.close(promise: nil) }
    }
}
