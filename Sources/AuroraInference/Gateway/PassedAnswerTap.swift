import NIOCore
import NIOHTTP1

/// Stands behind the codec and tells the gateway's handler when Hummingbird has written the end of an answer.
final class PassedAnswerTap: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private weak var gateway: GatewayHandler?

    init(_ gateway: GatewayHandler) { self.gateway = gateway }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        context.write(wrapOutboundOut(part), promise: promise)
        // An interim answer (1xx) has no end of its own.
        if case .end = part { gateway?.passedAnswerEnded() }
    }
}
