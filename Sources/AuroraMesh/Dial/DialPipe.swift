import AuroraHTTP
import AuroraModel
import NIOCore
import NIOPosix

/// A pipe at the joined node's end: asks the coordinator for it, keeps it ready, and leads it to this node's own server when told.
///
/// Confined to its event loop.
final class DialPipe: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Stage {
        case asking(HandshakeReply)
        case ready(since: NIODeadline)
        /// The connection to the node's own server is being made.
        case opening
        case open
        case closed
    }

    private let request: ByteBuffer
    /// Where the node's own servers are.
    private let servers: [TunnelPort: Endpoint]
    private let pace: TunnelPace
    private let report: @Sendable (DialPlan.Event) -> Void
    private var stage = Stage.asking(HandshakeReply())
    private var lines = LineBuffer()
    private var timer: Scheduled<Void>?
    private var isReadHeld = false
    private var trouble: String?

    init(request: ByteBuffer, servers: [TunnelPort: Endpoint], pace: TunnelPace, report: @escaping @Sendable (DialPlan.Event) -> Void) {
        (self.request, self.servers, self.pace, self.report) = (request, servers, pace, report)
    }

    /// The channel is connected already.
    func handlerAdded(context: ChannelHandlerContext) {
        context.writeAndFlush(Self.wrapOutboundOut(request), promise: nil)
        arm(pace.handshake, context, "it did not answer within \(pace.handshake.nanoseconds / 1_000_000) ms")
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch stage {
        case .asking(var reply):
            let outcome = reply.feed(Self.unwrapInboundIn(data))
            stage = .asking(reply)
            if let outcome { answered(outcome, context) }
        case .ready:
            lines.append(Self.unwrapInboundIn(data))
            readLines(context)
        case .opening: lines.append(Self.unwrapInboundIn(data))
        case .open: context.fireChannelRead(data)
        case .closed: break
        }
    }

    /// Held back until there is somebody to give the bytes to.
    func read(context: ChannelHandlerContext) {
        if case .opening = stage { isReadHeld = true } else { context.read() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        switch stage {
        case .asking(var reply):
            if trouble == nil, case .refused(let error) = reply.feed(ByteBuffer(), isEnd: true) {
                close(.refused(error), context)
            } else {
                close(.unreachable(trouble ?? "it closed the connection without an answer"), context)
            }
        case .ready(let since): close(.ready(after: .nanoseconds((NIODeadline.now() - since).nanoseconds)), context)
        case .opening, .open: close(.open, context)
        case .closed: break
        }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        trouble = trouble ?? "\(error)"
        context.close(promise: nil)
    }

    private func answered(_ outcome: HandshakeReply.Outcome, _ context: ChannelHandlerContext) {
        switch outcome {
        case .refused(let error): close(.refused(error), context)
        case .notHTTP: close(.unreachable("what answers there does not speak HTTP"), context)
        case .open(let rest):
            stage = .ready(since: .now())
            report(.ready)
            listen(context)
            lines.append(rest)
            readLines(context)
        }
    }

    private func readLines(_ context: ChannelHandlerContext) {
        do {
            while case .ready = stage, let line = try lines.next() {
                switch TunnelLine(line) {
                case .ping:
                    context.writeAndFlush(Self.wrapOutboundOut(TunnelLine.pong.bytes), promise: nil)
                    listen(context)
                case .open(let port, let waiting): open(port, waiting: waiting, context)
                default: context.close(promise: nil)
                }
            }
        } catch {
            context.close(promise: nil)
        }
    }

    private func open(_ port: TunnelPort, waiting: Int, _ context: ChannelHandlerContext) {
        stage = .opening
        timer?.cancel()
        report(.opened(waiting: waiting))
        guard let server = servers[port] else { return refuse("this node has no \(port.rawValue)", context) }
        let pipe = context.channel
        ClientBootstrap(group: context.eventLoop)
            .connectTimeout(pace.connect)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelInitializer { local in
                local.eventLoop.makeCompletedFuture { try local.pipeline.syncOperations.addHandler(GlueHandler(partner: pipe)) }
            }
            .connect(host: server.host, port: server.port).assumeIsolated()
            .whenComplete { result in
                switch result {
                case .success(let local): self.glue(to: local, context)
                case .failure: self.refuse("its \(port.rawValue) does not answer", context)
                }
            }
    }

    private func glue(to local: any Channel, _ context: ChannelHandlerContext) {
        guard case .opening = stage else { return local.close(promise: nil) }
        stage = .open
        context.writeAndFlush(Self.wrapOutboundOut(TunnelLine.ok.bytes), promise: nil)
        do {
            try context.pipeline.syncOperations.addHandler(GlueHandler(partner: local), position: .after(self))
        } catch {
            local.close(promise: nil)
            return context.close(promise: nil)
        }
        let rest = lines.rest()
        if rest.readableBytes > 0 {
            context.fireChannelRead(Self.wrapInboundOut(rest))
            context.fireChannelReadComplete()
        }
        if isReadHeld { context.read() }
    }

    private func refuse(_ reason: String, _ context: ChannelHandlerContext) {
        guard case .opening = stage else { return }
        context.writeAndFlush(Self.wrapOutboundOut(TunnelLine.refused(reason).bytes)).assumeIsolated()
            .whenComplete { _ in context.close(promise: nil) }
    }

    /// Until the next ping.
    private func listen(_ context: ChannelHandlerContext) { arm(pace.silence, context, "the connection fell silent") }

    private func arm(_ limit: TimeAmount, _ context: ChannelHandlerContext, _ words: String) {
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: limit) {
            self.trouble = words
            context.close(promise: nil)
        }
    }

    /// Told once, whatever comes after.
    private func close(_ closing: DialPlan.Closing, _ context: ChannelHandlerContext) {
        stage = .closed
        timer?.cancel()
        report(.closed(closing))
        context.close(promise: nil)
    }
}
