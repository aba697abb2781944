public import AuroraModel
public import Hummingbird

/// What every handler of every API knows about its request.
public struct NodeContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// Set by `AuthMiddleware`; anonymous where no tokens are configured.
    public var principal: Principal = .anonymous
    /// The `X-Request-Id` of the client when it sent a sane one, else made here.
    public var requestID: String = ""
    /// True on the unix socket, whose file mode already proved who calls.
    public let isLocalSocket: Bool

    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        if case .unixDomainSocket = source.channel.localAddress {
            isLocalSocket = true
        } else {
            isLocalSocket = false
        }
    }

    /// JSON bodies of the node and chat APIs; prompts with images have their own, larger limit on the gateway.
    public var maxUploadSize: Int { 16 * 1024 * 1024 }
}
