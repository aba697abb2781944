public import AuroraModel
public import Hummingbird
import NIOCore

/// What every handler of every API knows about its request.
public struct NodeContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// Set by `AuthMiddleware`; anonymous where no tokens are configured.
    public var principal: Principal = .anonymous
    /// The `X-Request-Id` of the client when it sent a sane one, else made here.
    public var requestID: String = ""
    /// True on the unix socket, whose file mode already proved who calls.
    public let isLocalSocket: Bool
    private let connection: any Channel

    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        connection = source.channel
        if case .unixDomainSocket = source.channel.localAddress {
            isLocalSocket = true
        } else {
            isLocalSocket = false
        }
    }

    /// Returns when the client has closed its connection, or the calling task is cancelled. A handler that waits long for something else
    /// does not notice by itself that nobody waits for its answer any more.
    public func clientLeft() async {
        let (closed, continuation) = AsyncStream.makeStream(of: Never.self)
        connection.closeFuture.whenComplete { _ in continuation.finish() }
        for await _ in closed {}
    }

    /// JSON bodies of the node and chat APIs; prompts with images have their own, larger limit on the gateway.
    public var maxUploadSize: Int { 16 * 1024 * 1024 }
}
