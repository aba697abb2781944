import NIOCore
import NIOHTTP1

/// Decides by the first request of a connection whether it stays HTTP or becomes what one of the upgraders makes of it.
///
/// Instead of swift-nio's typed upgrade handler, which drops the head of a request that it does not upgrade, so that a handshake without a
/// token, or any request with `Upgrade: h2c`, would never be answered.
final class UpgradeHandler<Outcome: Sendable>: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart
    typealias Upgrader = any NIOTypedHTTPServerProtocolUpgrader<Outcome>

    private enum Stage {
        case waiting
        /// The head of a handshake has come, its end has not.
        case collecting(HTTPRequestHead, Upgrader)
        case deciding(HTTPRequestHead)
        /// What came after the handshake, for whoever takes over.
        case upgrading([NIOAny])
        case http
        case upgraded
    }

    private let encoder: HTTPResponseEncoder
    private let decoder: ByteToMessageHandler<HTTPRequestDecoder>
    private let timeout: TimeAmount
    private let outcome: EventLoopPromise<Outcome>
    private let upgraders: [Upgrader]
    private let http: @Sendable (any Channel) throws -> Outcome
    private var stage = Stage.waiting
    private var deadline: Scheduled<Void>?
    private var isReadHeld = false

    init(
        encoder: HTTPResponseEncoder, decoder: ByteToMessageHandler<HTTPRequestDecoder>, timeout: TimeAmount,
        outcome: EventLoopPromise<Outcome>, upgraders: [Upgrader],
        http: @escaping @Sendable (any Channel) throws -> Outcome
    ) {
        (self.encoder, self.decoder, self.timeout) = (encoder, decoder, timeout)
        (self.outcome, self.upgraders, self.http) = (outcome, upgraders, http)
    }

    private var isDecided: Bool {
        switch stage {
        case .http, .upgraded: true
        default: false
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        // Without effect where it has succeeded.
        outcome.fail(ChannelError.ioOnClosedChannel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch stage {
        case .waiting: first(Self.unwrapInboundIn(data), context)
        case .collecting(let head, let upgrader):
            let part = Self.unwrapInboundIn(data)
            if case .end = part { decide(head, upgrader, context) } else { becomeHTTP([.head(head.withoutUpgrade), part], context) }
        case .deciding: break
        case .upgrading(let bytes): stage = .upgrading(bytes + [data])
        case .http: forward(Self.unwrapInboundIn(data), context)
        case .upgraded: context.fireChannelRead(data)
        }
    }

    /// Holds reads back while others decide, so that a peer can not fill memory meanwhile.
    func read(context: ChannelHandlerContext) {
        switch stage {
        case .deciding, .upgrading: isReadHeld = true
        default: context.read()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch stage {
        case .waiting: becomeHTTP([], context)
        case .collecting(let head, _): becomeHTTP([.head(head.withoutUpgrade)], context)
        case .deciding, .upgrading: context.close(promise: nil)
        case .http, .upgraded: break
        }
        context.fireErrorCaught(error)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        let isEnd = event is ChannelShouldQuiesceEvent || event as? ChannelEvent == .inputClosed
        if isEnd && !isDecided { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    private func first(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        guard case .head(let head) = part else { return becomeHTTP([part], context) }
        guard let upgrader = upgraders.first(where: { head.asks(for: $0.supportedProtocol) }) else {
            return becomeHTTP([.head(head.withoutUpgrade)], context)
        }
        stage = .collecting(head, upgrader)
    }

    private func forward(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        guard case .head(let head) = part else { return context.fireChannelRead(Self.wrapInboundOut(part)) }
        context.fireChannelRead(Self.wrapInboundOut(.head(head.withoutUpgrade)))
    }

    private func decide(_ head: HTTPRequestHead, _ upgrader: Upgrader, _ context: ChannelHandlerContext) {
        stage = .deciding(head)
        upgrader.buildUpgradeResponse(channel: context.channel, upgradeRequest: head, initialResponseHeaders: [:])
            .hop(to: context.eventLoop).assumeIsolated()
            .whenComplete { answer in
                guard case .deciding = self.stage else { return }
                switch answer {
                case .success(let headers): self.upgrade(head, upgrader, headers, context)
                case .failure: self.becomeHTTP([.head(head.withoutUpgrade), .end(nil)], context)
                }
            }
    }

    private func becomeHTTP(_ parts: [HTTPServerRequestPart], _ context: ChannelHandlerContext) {
        stage = .http
        deadline?.cancel()
        do {
            outcome.succeed(try http(context.channel))
        } catch {
            return abandon(error, context)
        }
        for part in parts { context.fireChannelRead(Self.wrapInboundOut(part)) }
        if !parts.isEmpty { context.fireChannelReadComplete() }
        releaseRead(context)
    }

    private func upgrade(
        _ head: HTTPRequestHead, _ upgrader: Upgrader, _ headers: HTTPHeaders, _ context: ChannelHandlerContext
    ) {
        stage = .upgrading([])
        let pipeline = context.pipeline.syncOperations
        let channel = context.channel
        let answer = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
        pipeline.removeHandler(decoder).assumeIsolated()
            .flatMap { context.writeAndFlush(Self.wrapOutboundOut(.head(answer))) }
            .flatMap { pipeline.removeHandler(self.encoder) }
            .flatMap { upgrader.upgrade(channel: channel, upgradeRequest: head) }
            .whenComplete { result in
                switch result {
                case .success(let value): self.finish(value, context)
                case .failure(let error): self.abandon(error, context)
                }
            }
    }

    private func finish(_ value: Outcome, _ context: ChannelHandlerContext) {
        guard case .upgrading(let bytes) = stage else { return }
        stage = .upgraded
        deadline?.cancel()
        outcome.succeed(value)
        for data in bytes { context.fireChannelRead(data) }
        if !bytes.isEmpty { context.fireChannelReadComplete() }
        releaseRead(context)
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    private func abandon(_ error: any Error, _ context: ChannelHandlerContext) {
        outcome.fail(error)
        context.close(promise: nil)
    }

    private func releaseRead(_ context: ChannelHandlerContext) {
        guard isReadHeld else { return }
        isReadHeld = false
        context.read()
    }
}

extension HTTPRequestHead {
    func asks(for name: String) -> Bool {
        headers[canonicalForm: "upgrade"].contains { $0.lowercased() == name.lowercased() }
            && headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
    }

    /// The same request asking for nothing but an answer. It is the last of its connection: swift-nio's decoder reads nothing that comes
    /// after a request to upgrade.
    var withoutUpgrade: HTTPRequestHead {
        guard headers.contains(name: "upgrade") else { return self }
        var plain = self
        plain.headers.remove(name: "upgrade")
        plain.headers.replaceOrAdd(name: "connection", value: "close")
        return plain
    }
}
