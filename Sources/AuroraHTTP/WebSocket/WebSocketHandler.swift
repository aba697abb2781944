import NIOCore
import NIOWebSocket

/// Speaks RFC 6455 between frames and text messages: joins fragments, answers pings and close frames, refuses what breaks the rules.
///
/// Messages go up as they come, so the back-pressure of whoever reads them reaches the peer; commands come in as user events, because
/// they must pass a peer that has stopped reading.
final class WebSocketHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = String
    typealias OutboundIn = String
    typealias OutboundOut = WebSocketFrame

    /// What the session asks of the handler, through `fireUserInboundEventTriggered`.
    enum Command: Sendable {
        case tick
        case close(code: Int, reason: String)
    }

    private let settings: WebSocketSettings
    private var state: WebSocketState
    private var deadline: Scheduled<Void>?
    /// True while a read is asked for, false while those above us hold reads back.
    private var isReading = true
    /// The newest ping that waits until the peer reads again; older ones need no answer (section 5.5.3).
    private var waitingPong: ByteBuffer?

    init(settings: WebSocketSettings) {
        self.settings = settings
        self.state = WebSocketState(settings: settings)
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        perform(state.received(Self.unwrapInboundIn(data)), context)
    }

    func read(context: ChannelHandlerContext) {
        isReading = true
        context.read()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        context.fireChannelReadComplete()
        // Nobody above reads any more, but the peer's close frame or its end is still to come.
        if !state.isOpen { read(context: context) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard state.isOpen else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        let body = context.channel.allocator.buffer(string: Self.unwrapOutboundIn(data))
        context.write(Self.wrapOutboundOut(WebSocketFrame(fin: true, opcode: .text, data: body)), promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, let data = waitingPong { sendPong(data, context) }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case Command.tick:
            // A peer that neither reads nor answers is gone, whatever we have not read of it.
            perform(state.tick(isReading: isReading || !context.channel.isWritable), context)
        case Command.close(let code, let reason): perform(state.close(code: code, reason: reason), context)
        case is ChannelShouldQuiesceEvent: perform(state.close(code: 1001, reason: "the node is stopping"), context)
        case ChannelEvent.inputClosed: context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? NIOWebSocketError else {
            context.close(promise: nil)
            return
        }
        perform(state.received(error), context)
    }

    private func perform(_ action: WebSocketState.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .none: break
        case .deliver(let text): context.fireChannelRead(Self.wrapInboundOut(text))
        case .ping: send(.ping, ByteBuffer(), context)
        case .pong(let data): sendPong(data, context)
        case .close(let frame, let ending): close(with: frame, then: ending, context)
        case .disconnect: context.close(promise: nil)
        }
    }

    private func send(_ opcode: WebSocketOpcode, _ data: ByteBuffer, _ context: ChannelHandlerContext) {
        context.writeAndFlush(Self.wrapOutboundOut(WebSocketFrame(fin: true, opcode: opcode, data: data)), promise: nil)
    }

    private func sendPong(_ data: ByteBuffer, _ context: ChannelHandlerContext) {
        waitingPong = context.channel.isWritable ? nil : data
        if waitingPong == nil, state.isOpen { send(.pong, data, context) }
    }

    private func close(with frame: WebSocketCloseFrame, then ending: WebSocketState.Ending, _ context: ChannelHandlerContext) {
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: settings.closeTimeout) { context.close(promise: nil) }
        let sent = context.writeAndFlush(Self.wrapOutboundOut(frame.frame(allocator: context.channel.allocator)))
        sent.assumeIsolated().whenComplete { _ in
            switch ending {
            case .awaitEcho: break
            case .disconnect: context.close(promise: nil)
            // Closing at once would reset a connection whose peer is still sending, and the reset may overtake our close frame.
            case .drain: context.close(mode: .output, promise: nil)
            }
        }
        // No message comes any more: this ends the stream of those above.
        context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        read(context: context)
    }
}
