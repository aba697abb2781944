import AuroraModel
public import HummingbirdCore
public import Logging
public import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// How a listener's connections are served: HTTP/1.1 by Hummingbird, with two optional additions in front of it.
public struct NodeChannel: HTTPChannelHandler {
    /// A connection after its first request said what it is.
    enum Negotiated: Sendable {
        case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
        case webSocket(WebSocketSession)
        /// Belongs to the pipe's mount from here on, which also closes it: the listener's stop does not wait for it.
        case pipe
    }

    /// An accepted connection that nobody has read from yet.
    public struct Value: ServerChildChannelValue {
        public let channel: any Channel
    }

    public let responder: HTTPChannelHandler.Responder
    let limits: HTTPLimits
    let front: (@Sendable (any EventLoop) -> FrontHandlers)?
    let webSocket: WebSocketMount?
    let pipe: PipeMount?

    /// - Parameters:
    ///   - responder: answers every request that no addition takes.
    ///   - limits: on headers and idle time.
    ///   - front: handlers that take hot routes and let the rest through. They must own pipelining and idle time.
    ///   - webSocket: takes upgrade requests; cannot be combined with `front`.
    ///   - pipe: takes connections that ask to become plain bytes; cannot be combined with `front`.
    public init(
        limits: HTTPLimits = HTTPLimits(), front: (@Sendable (any EventLoop) -> FrontHandlers)? = nil,
        webSocket: WebSocketMount? = nil, pipe: PipeMount? = nil,
        responder: @escaping HTTPChannelHandler.Responder
    ) {
        self.responder = responder
        self.limits = limits
        self.front = front
        self.webSocket = webSocket
        self.pipe = pipe
    }

    /// Only marks the connection: it must have been accepted with `autoRead` off. Its pipeline is made by `handle`, in the task that
    /// then owns it, because a `NIOAsyncChannel` that is dropped unread, as when the server stops just then, ends the process.
    public func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(FirstRequestHandler(limit: limits.firstRequest), name: FirstRequestHandler.name)
            return Value(channel: channel)
        }
    }

    public func handle(value: Value, logger: Logger) async {
        let channel = value.channel
        do {
            try await withTaskCancellationHandler {
                switch try await negotiate(channel, logger: logger).get() {
                case .http(let http): await handleHTTP(asyncChannel: http, logger: logger)
                case .webSocket(let session): await webSocket?.serve(session)
                case .pipe: break
                }
            } onCancel: {
                channel.close(promise: nil)
            }
        } catch {
            // The peer left, or sent no HTTP, before its first request was whole.
            channel.close(promise: nil)
        }
    }

    private func negotiate(_ channel: any Channel, logger: Logger) -> EventLoopFuture<Negotiated> {
        channel.eventLoop.flatSubmit {
            do {
                let negotiated = upgraders.isEmpty ? try plain(channel, logger: logger) : try upgradable(channel, logger: logger)
                return channel.setOption(.autoRead, value: true).flatMap { negotiated }
            } catch {
                return channel.eventLoop.makeFailedFuture(error)
            }
        }
    }

    private func plain(_ channel: any Channel, logger: Logger) throws -> EventLoopFuture<Negotiated> {
        let pipeline = channel.pipeline.syncOperations
        let front = front?(channel.eventLoop)
        if let front { try pipeline.addHandler(front.bytes) }
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
            withEncoderConfiguration: .init(),
            withDecoderLimitConfiguration: limits.decoder)
        if let front { try pipeline.addHandler(front.parts) }
        return channel.eventLoop.makeSucceededFuture(.http(try hummingbird(channel, logger: logger)))
    }

    private var upgraders: [any NIOTypedHTTPServerProtocolUpgrader<Negotiated>] {
        var upgraders: [any NIOTypedHTTPServerProtocolUpgrader<Negotiated>] = []
        if let webSocket {
            let accept: @Sendable (HTTPRequestHead) async -> Bool = { webSocket.principal(for: $0.uri, $0.headers) != nil }
            upgraders.append(WebSocketUpgrade.upgrader(accept: accept, outcome: Negotiated.webSocket))
        }
        if let pipe { upgraders.append(PipeUpgrader(mount: pipe, outcome: Negotiated.pipe)) }
        return upgraders
    }

    private func upgradable(_ channel: any Channel, logger: Logger) throws -> EventLoopFuture<Negotiated> {
        try ConnectionUpgrade.configure(
            channel, limits: limits.decoder, timeout: TimeAmount(limits.firstRequest), upgraders: upgraders,
            http: { .http(try hummingbird($0, logger: logger)) })
    }

    private func hummingbird(_ channel: any Channel, logger: Logger) throws -> NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart> {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        // It does not see what a fast handler answers, and would take a long stream for an idle connection.
        let idle = front == nil ? limits.idle : nil
        try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: idle, logger: logger))
        return try NIOAsyncChannel(wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }
}

/// Handlers around the HTTP codec of one connection, made for it.
public struct FrontHandlers {
    /// In front of the codec: sees the bytes of the connection.
    public let bytes: any ChannelHandler
    /// Behind the codec: sees parts of messages.
    public let parts: any ChannelHandler

    public init(bytes: any ChannelHandler, parts: any ChannelHandler) {
        self.bytes = bytes
        self.parts = parts
    }
}

/// Limits on what a client may send before a handler sees it.
public struct HTTPLimits: Sendable {
    /// All header fields together, in bytes.
    public var headerBytes: Int
    public var headerCount: Int
    /// A connection without a request for this long is closed.
    public var idle: Duration
    /// A new connection must send something within this.
    public var firstRequest: Duration

    public init(headerBytes: Int = 32 * 1024, headerCount: Int = 200, idle: Duration = .seconds(75), firstRequest: Duration = .seconds(30))
    {
        self.headerBytes = headerBytes
        self.headerCount = headerCount
        self.idle = idle
        self.firstRequest = firstRequest
    }

    var decoder: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = headerBytes
        limits.maxHeaderListSize = headerBytes
        limits.maxHeaderFieldCount = headerCount
        return limits
    }
}
