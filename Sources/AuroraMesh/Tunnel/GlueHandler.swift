import NIOCore

/// Passes what a connection receives on to another one, and stops reading while the other cannot take more.
///
/// The two may live on different event loops: what was passed on counts as held until it is written to the other's socket, and never more
/// than `limit` bytes and one read are held. When one end closes, the other closes as soon as it has been given everything.
final class GlueHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    static let limit = 256 * 1024
    /// How long the last bytes may take when this end is closed already.
    private static let lastBytes = TimeAmount.seconds(30)

    private let partner: any Channel
    private var held = 0
    private var isReadHeld = false
    private var isOver = false

    init(partner: any Channel) { self.partner = partner }

    /// The end of the channel itself, and not of its pipeline, so that one that closed before it was glued counts too.
    func handlerAdded(context: ChannelHandlerContext) {
        context.channel.closeFuture.assumeIsolated().whenComplete { _ in self.ended() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Self.unwrapInboundIn(data)
        let size = bytes.readableBytes
        held += size
        partner.write(bytes).hop(to: context.eventLoop).assumeIsolated().whenComplete { self.passedOn(size, $0, context) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        partner.flush()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if held < Self.limit { context.read() } else { isReadHeld = true }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func ended() {
        isOver = true
        partner.flush()
        if held == 0 {
            partner.close(promise: nil)
        } else {
            _ = partner.eventLoop.scheduleTask(in: Self.lastBytes) { [partner] in partner.close(promise: nil) }
        }
    }

    private func passedOn(_ size: Int, _ result: Result<Void, any Error>, _ context: ChannelHandlerContext) {
        held -= size
        if case .failure = result { return context.channel.close(promise: nil) }
        if isOver {
            if held == 0 { partner.close(promise: nil) }
        } else if isReadHeld, held <= Self.limit / 2 {
            isReadHeld = false
            context.read()
        }
    }
}
