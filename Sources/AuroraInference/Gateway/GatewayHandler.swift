import AuroraDialects
import AuroraHTTP
import AuroraModel
import NIOCore
import NIOHTTP1

/// One client connection of the gateway: takes hot routes itself and lets every other request through to Hummingbird.
///
/// Requests of a connection are answered one after the other; what comes early waits here, and past a limit in the socket.
final class GatewayHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        case idle
        /// Reading the body of a hot request.
        case receiving(IncomingRequest)
        /// A hot request was refused before its body had ended; the rest is thrown away, up to a limit, so that the client reads why.
        case discarding(bytes: Int)
        case exchanging(Exchange)
        /// Hummingbird answers; over when both directions have ended.
        case passing(requestEnded: Bool, responseEnded: Bool)
    }

    /// Parts of further requests that wait; past this, reading stops.
    private static let waitingLimit = 64
    /// How much of a refused body is still read, in bytes, and for how long.
    private static let discardLimit = 8 * 1024 * 1024
    private static let discardTime = TimeAmount.seconds(5)
    /// A connection that asks nothing, or does not finish asking, for this long is closed; looked at once in a while.
    private static let idleLimit = TimeAmount.seconds(75)
    private static let idleLook = TimeAmount.seconds(25)

    private let gateway: Gateway
    private let loop: GatewayLoop
    private var state = State.idle
    private var waiting = CircularBuffer<HTTPServerRequestPart>()
    private var readHeld = false
    private var closeAfterAnswer = false
    private var lastHeard = NIODeadline.now()
    private var context: ChannelHandlerContext?

    init(_ gateway: Gateway, loop: GatewayLoop) {
        self.gateway = gateway
        self.loop = loop
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
        let part = unwrapInboundIn(data)
        lastHeard = .now()
        if isBusy { waiting.append(part) } else { take(part, context) }
    }

    /// Whether the request before has been read but not yet answered.
    private var isBusy: Bool {
        switch state {
        case .exchanging, .passing(requestEnded: true, responseEnded: false): true
        default: false
        }
    }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch (state, part) {
        case (.idle, .head(let head)):
            begin(head, context)
        case (.receiving(let request), .body(let bytes)):
            if let refusal = request.append(bytes, gateway) { refuse(refusal, request, ended: false) }
        case (.receiving(let request), .end):
            start(request)
        case (.discarding(let soFar), .body(let bytes)):
            state = .discarding(bytes: soFar + bytes.readableBytes)
            if soFar + bytes.readableBytes > Self.discardLimit { context.close(promise: nil) }
        case (.discarding, .end):
            finishAnswer()
        case (.passing(_, let answered), _):
            context.fireChannelRead(wrapInboundOut(part))
            if case .end = part { passed(requestEnded: true, responseEnded: answered) }
        default:
            break
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        if !head.isKeepAlive { closeAfterAnswer = true }
        guard let route = GatewayRoute(head) else {
            state = .passing(requestEnded: false, responseEnded: false)
            return context.fireChannelRead(wrapInboundOut(.head(head)))
        }
        let request = IncomingRequest(head, route: route)
        state = .receiving(request)
        if let refusal = request.check(gateway) { return refuse(refusal, request, ended: false) }
        if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
        }
    }

    private func start(_ request: IncomingRequest) {
        switch request.finish(gateway) {
        case .failure(let refusal): refuse(refusal, request, ended: true)
        case .success(let question):
            let exchange = Exchange(question, gateway: gateway, loop: loop, client: self)
            state = .exchanging(exchange)
            exchange.start()
        }
    }

    private func refuse(_ error: DialectError, _ request: IncomingRequest, ended: Bool) {
        request.release(gateway)
        gateway.metrics.answeredAlone(request.route, code: error.status)
        let answer = GatewayAnswer.error(error, route: request.route, requestID: request.id, version: request.head.version)
        if ended {
            state = .idle
            send(answer)
            finishAnswer()
        } else {
            closeAfterAnswer = true
            state = .discarding(bytes: 0)
            send(answer.closing())
            context?.eventLoop.assumeIsolated().scheduleTask(in: Self.discardTime) { [weak self] in self?.giveUpDiscarding() }
        }
    }

    private func giveUpDiscarding() {
        if case .discarding = state { context?.close(promise: nil) }
    }

    // MARK: What the exchange answers

    var isWritable: Bool { context?.channel.isWritable ?? false }

    func send(_ answer: GatewayAnswer) {
        write(.head(answer.head))
        write(.body(.byteBuffer(answer.body)))
        write(.end(nil))
        context?.flush()
    }

    func write(_ part: HTTPServerResponsePart) {
        guard let context else { return }
        context.write(wrapOutboundOut(part), promise: nil)
    }

    func flush() { context?.flush() }

    /// The exchange is over and its answer complete.
    func exchangeEnded() { finishAnswer() }

    /// The answer cannot be completed: the client must see that, so the connection is cut instead of ended.
    func exchangeBroken() {
        state = .idle
        context?.close(promise: nil)
    }

    private func finishAnswer() {
        state = .idle
        lastHeard = .now()
        if closeAfterAnswer {
            context?.close(promise: nil)
        } else {
            takeWaiting()
        }
    }

    private func takeWaiting() {
        guard let context else { return }
        guard !waiting.isEmpty || readHeld else { return }
        while !isBusy, let part = waiting.popFirst() { take(part, context) }
        // Hummingbird looks at what it was given only when a read completes.
        context.fireChannelReadComplete()
        if readHeld, waiting.count < Self.waitingLimit {
            readHeld = false
            context.read()
        }
    }

    // MARK: What Hummingbird answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        context.write(wrapOutboundOut(part), promise: promise)
        if case .end = part, case .passing(let requestEnded, _) = state { passed(requestEnded: requestEnded, responseEnded: true) }
    }

    private func passed(requestEnded: Bool, responseEnded: Bool) {
        state = .passing(requestEnded: requestEnded, responseEnded: responseEnded)
        guard requestEnded, responseEnded else { return }
        // The answer's end has been written but not flushed yet; closing now would lose it.
        state = .idle
        if closeAfterAnswer {
            context?.flush()
            context?.close(promise: nil)
        } else {
            takeWaiting()
        }
    }

    // MARK: The connection

    func read(context: ChannelHandlerContext) {
        if waiting.count >= Self.waitingLimit { readHeld = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if case .exchanging(let exchange) = state { exchange.clientWritable(context.channel.isWritable) }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        switch state {
        case .exchanging(let exchange): exchange.clientGone()
        case .receiving(let request): request.release(gateway)
        default: break
        }
        state = .idle
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch state {
        case .idle where error is HTTPParserError: rejectGarbage(context)
        case .receiving(let request):
            request.release(gateway)
            rejectGarbage(context)
        case .passing: context.fireErrorCaught(error)
        default: context.close(promise: nil)
        }
    }

    private func rejectGarbage(_ context: ChannelHandlerContext) {
        state = .idle
        send(GatewayAnswer.garbage())
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        closeAfterAnswer = true
        // Hummingbird is not told: it does not know of hot requests and would close at once.
        if case .idle = state { context.close(promise: nil) }
    }
}
