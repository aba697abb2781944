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
    }

    /// An accepted connection; what it is may only be known after its first request.
    public struct Value: ServerChildChannelValue {
        public let channel: any Channel
        let negotiated: EventLoopFuture<Negotiated>
    }

    public let responder: HTTPChannelHandler.Responder
    let limits: HTTPLimits
    let fastHandler: (@Sendable (any EventLoop) -> any ChannelHandler)?
    let webSocket: WebSocketMount?

    /// - Parameters:
    ///   - responder: answers every request that no addition takes.
    ///   - limits: on headers and idle time.
    ///   - fastHandler: a handler of HTTP/1 parts that takes hot routes and lets the rest through. It must own pipelining.
    ///   - webSocket: takes upgrade requests; cannot be combined with `fastHandler`.
    public init(
        limits: HTTPLimits = HTTPLimits(), fastHandler: (@Sendable (any EventLoop) -> any ChannelHandler)? = nil, webSocket: WebSocketMount? = nil,
        responder: @escaping HTTPChannelHandler.Responder
    ) {
        self.responder = responder
        self.limits = limits
        self.fastHandler = fastHandler
        self.webSocket = webSocket
    }

    public func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let negotiated = try webSocket.map { try negotiate($0, on: channel, logger: logger) } ?? plain(channel, logger: logger)
            return Value(channel: channel, negotiated: negotiated)
        }
    }

    public func handle(value: Value, logger: Logger) async {
        do {
            switch try await value.negotiated.get() {
            case .http(let channel):
                await handleHTTP(asyncChannel: channel, logger: logger)
            case .webSocket(let session):
                await webSocket?.serve(session)
            }
        } catch {
            // The peer left, or sent no HTTP, before its first request was whole.
            value.channel.close(promise: nil)
        }
    }

    private func plain(_ channel: any Channel, logger: Logger) throws -> EventLoopFuture<Negotiated> {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false, withEncoderConfiguration: .init(),
            withDecoderLimitConfiguration: limits.decoder)
        if let fastHandler { try pipeline.addHandler(fastHandler(channel.eventLoop)) }
        return channel.eventLoop.makeSucceededFuture(.http(try hummingbird(channel, logger: logger)))
    }

    private func negotiate(_ mount: WebSocketMount, on channel: any Channel, logger: Logger) throws -> EventLoopFuture<Negotiated> {
        let upgrade = NIOTypedHTTPServerUpgradeConfiguration<Negotiated>(upgraders: [mount.upgrader()]) { channel in
            channel.eventLoop.makeCompletedFuture { .http(try hummingbird(channel, logger: logger)) }
        }
        var configuration = NIOUpgradableHTTPServerPipelineConfiguration(upgradeConfiguration: upgrade)
        configuration.enablePipelining = false
        configuration.enableErrorHandling = false
        configuration.enableResponseHeaderValidation = false
        configuration.decoderConfiguration = limits.decoder
        return try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(configuration: configuration)
    }

    private func hummingbird(_ channel: any Channel, logger: Logger) throws -> NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart> {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: limits.idle, logger: logger))
        return try NIOAsyncChannel(wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }
}

/// Limits on what a client may send before a handler sees it.
public struct HTTPLimits: Sendable {
    /// All header fields together, in bytes.
    public var headerBytes: Int
    public var headerCount: Int
    /// A connection without a request for this long is closed.
    public var idle: Duration

    public init(headerBytes: Int = 32 * 1024, headerCount: Int = 200, idle: Duration = .seconds(75)) {
        self.headerBytes = headerBytes
        self.headerCount = headerCount
        self.idle = idle
    }

    var decoder: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = headerBytes
        limits.maxHeaderListSize = headerBytes
        limits.maxHeaderFieldCount = headerCount
        return limits
    }
}
