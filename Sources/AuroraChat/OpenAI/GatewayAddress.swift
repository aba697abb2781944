public import AuroraModel
public import AuroraSystem

/// Where the gateway is and how to call it.
public struct GatewayAddress: Sendable {
    /// Scheme, host and port, without a trailing slash and without `/v1`.
    public let url: String
    public let http: any HTTPCalling
    /// Sent in place of the client's own token, which is for the chat.
    public let token: Secret?
    /// Until the answer begins: a cold model may have to be loaded first.
    public let headTimeout: Duration
    public let idleTimeout: Duration

    public init(
        url: String, http: any HTTPCalling, token: Secret? = nil, headTimeout: Duration = .seconds(600),
        idleTimeout: Duration = .seconds(300)
    ) {
        self.url = url
        self.http = http
        self.token = token
        self.headTimeout = headTimeout
        self.idleTimeout = idleTimeout
    }
}
