import AuroraModel
import Foundation
import NIOCore
import NIOHTTP1

/// One connection of a `FakeEngine`.
final class FakeEngineHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let engine: FakeEngine
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    private var answering = false

    init(_ engine: FakeEngine) { self.engine = engine }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
        case .body(let bytes):
            body.writeImmutableBuffer(bytes)
        case .end:
            guard let head, !engine.isSilent else { return }
            answer(head, String(buffer: body), context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if answering { engine.clientLeft() }
        engine.closed(context.channel)
    }

    private func answer(_ head: HTTPRequestHead, _ body: String, _ context: ChannelHandlerContext) {
        if head.method == .GET { return list(head.uri, context) }
        let headers = Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
        let behaviour = engine.take(.init(path: head.uri, headers: headers, body: body))
        let request = FakeWire(path: head.uri, body: body)
        guard engine.has(request.model) else { return send(404, request.notFound, "application/json", context) }
        perform(behaviour, request, context)
    }

    private func list(_ path: String, _ context: ChannelHandlerContext) {
        let (all, loaded) = engine.models()
        switch (engine.kind, path) {
        case (.ollama, "/api/tags"): send(200, FakeWire.tags(all), "application/json", context)
        case (.ollama, "/api/ps"): send(200, FakeWire.tags(all.filter(loaded.contains)), "application/json", context)
        case (.ollama, "/api/version"): send(200, "{\"version\":\"0.9.9\"}", "application/json", context)
        case (_, "/v1/models"): send(200, FakeWire.list(all), "application/json", context)
        default: send(404, "{\"error\":\"not found\"}", "application/json", context)
        }
    }

    private func perform(_ behaviour: FakeEngine.Behaviour, _ request: FakeWire, _ context: ChannelHandlerContext) {
        switch behaviour {
        case .status(let status, let body): send(status, body, "application/json", context)
        case .hang: answering = true
        case .close: context.close(promise: nil)
        case .promise(let length):
            let headers: HTTPHeaders = ["content-type": "application/json", "content-length": String(length)]
            write(.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)), context)
            context.close(promise: nil)
        case .answer(let pieces) where !request.streams: send(200, request.whole(pieces.joined()), "application/json", context)
        case .answer(let pieces): stream(pieces, request, context) { self.end(request, context) }
        case .endEarly(let pieces): stream(pieces, request, context) { self.write(.end(nil), context) }
        case .cut(let pieces): stream(pieces, request, context) { context.close(promise: nil) }
        case .stepwise(let pieces): begin(request, context) { self.step(pieces[...], request, context) }
        }
    }

    private func begin(_ request: FakeWire, _ context: ChannelHandlerContext, then: () -> Void) {
        answering = true
        write(.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: ["content-type": request.streamType])), context)
        then()
    }

    private func stream(_ pieces: [String], _ request: FakeWire, _ context: ChannelHandlerContext, then: () -> Void) {
        begin(request, context) {
            for piece in pieces { write(.body(.byteBuffer(ByteBuffer(string: request.piece(piece)))), context) }
            answering = false
            then()
        }
    }

    private func step(_ pieces: ArraySlice<String>, _ request: FakeWire, _ context: ChannelHandlerContext) {
        guard let first = pieces.first else {
            answering = false
            return end(request, context)
        }
        write(.body(.byteBuffer(ByteBuffer(string: request.piece(first)))), context)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        engine.hold {
            loop.execute {
                let (handler, context) = bound.value
                handler.step(pieces.dropFirst(), request, context)
            }
        }
    }

    private func end(_ request: FakeWire, _ context: ChannelHandlerContext) {
        write(.body(.byteBuffer(ByteBuffer(string: request.last))), context)
        write(.end(nil), context)
    }

    private func send(_ status: Int, _ body: String, _ type: String, _ context: ChannelHandlerContext) {
        let bytes = ByteBuffer(string: body)
        let headers: HTTPHeaders = ["content-type": type, "content-length": String(bytes.readableBytes)]
        write(.head(HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)), context)
        write(.body(.byteBuffer(bytes)), context)
        write(.end(nil), context)
    }

    private func write(_ part: HTTPServerResponsePart, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(part), promise: nil)
    }
}
