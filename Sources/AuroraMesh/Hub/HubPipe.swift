import AuroraModel
import NIOCore

/// A pipe of a joined node at the coordinator's end: kept ready with pings, then told where to lead, then out of the way.
///
/// Confined to its event loop.
final class HubPipe: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A pipe as others hold it.
    struct Handle: Sendable {
        let channel: any Channel
        let pipe: NIOLoopBound<HubPipe>

        var id: ObjectIdentifier { ObjectIdentifier(channel) }
    }

    private enum Stage {
        case ready
        case opening(any Channel)
        case open
    }

    private let channel: any Channel
    private let pace: TunnelPace
    /// Asked with each ping: whether there are more ready pipes than need be kept.
    private let isSpare: () -> Bool
    private var stage = Stage.ready
    private var lines = LineBuffer()
    private var timer: Scheduled<Void>?
    private var isPongDue = false

    init(channel: any Channel, pace: TunnelPace, isSpare: @escaping () -> Bool) {
        self.channel = channel
        self.pace = pace
        self.isSpare = isSpare
    }

    func handlerAdded(context: ChannelHandlerContext) { armPing() }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .open = stage { return context.fireChannelRead(data) }
        lines.append(Self.unwrapInboundIn(data))
        do {
            while let line = try lines.next() {
                take(TunnelLine(line), context)
                if case .open = stage { return }
            }
        } catch {
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        if case .opening(let local) = stage { local.close(promise: nil) }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// Leads the pipe to a server of the joined node, for a local connection that nobody has read from yet. False when it is dead.
    func open(_ local: any Channel, to port: TunnelPort, waiting: Int) -> Bool {
        guard channel.isActive, case .ready = stage else { return false }
        stage = .opening(local)
        timer?.cancel()
        timer = channel.eventLoop.assumeIsolated().scheduleTask(in: pace.handshake) { self.channel.close(promise: nil) }
        channel.writeAndFlush(TunnelLine.open(port, waiting: waiting).bytes, promise: nil)
        // Behind the line, on whatever loop: writes to a channel keep the order in which they are asked for.
        let pipe = channel
        local.eventLoop.execute {
            do {
                try local.pipeline.syncOperations.addHandler(GlueHandler(partner: pipe))
                _ = local.setOption(.autoRead, value: true)
            } catch {
                pipe.close(promise: nil)
            }
        }
        return true
    }

    private func take(_ line: TunnelLine?, _ context: ChannelHandlerContext) {
        switch (line, stage) {
        case (.pong, _): isPongDue = false
        case (.ok, .opening(let local)): glue(to: local, context)
        default: context.close(promise: nil)
        }
    }

    private func glue(to local: any Channel, _ context: ChannelHandlerContext) {
        stage = .open
        timer?.cancel()
        do {
            try context.pipeline.syncOperations.addHandler(GlueHandler(partner: local), position: .after(self))
        } catch {
            return context.close(promise: nil)
        }
        let rest = lines.rest()
        if rest.readableBytes > 0 {
            context.fireChannelRead(Self.wrapInboundOut(rest))
            context.fireChannelReadComplete()
        }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    private func armPing() {
        timer = channel.eventLoop.assumeIsolated().scheduleTask(in: pace.ping) { self.ping() }
    }

    private func ping() {
        guard case .ready = stage else { return }
        guard !isPongDue, !isSpare() else { return channel.close(promise: nil) }
        isPongDue = true
        channel.writeAndFlush(TunnelLine.ping.bytes, promise: nil)
        armPing()
    }
}
