import AuroraHTTP
public import AuroraModel

/// A coordinator that this node joins by dialling out.
public struct JoinTarget: Sendable, Equatable {
    /// As the operator wrote it.
    public let url: String
    let token: Secret?
    let endpoint: Endpoint
    let path: String

    /// Throws `invalid` for what is no URL or no token, `refused` for plain HTTP to a public host, which would show the token.
    /// - Parameter isInsecureAllowed: the operator takes that risk.
    public init(url: String, token: Secret?, isInsecureAllowed: Bool = false) throws(AuroraError) {
        let (endpoint, path) = try Endpoint.parse(url)
        if case .unix = endpoint.transport {
            throw AuroraError(.invalid, "'\(url)' cannot be joined", hint: "give the node API of the other node, such as https://lead:8004")
        }
        guard endpoint.transport == .tls || isInsecureAllowed || PrivateHost.contains(endpoint.host) else {
            throw AuroraError(
                .refused, "'\(url)' is plain HTTP to a public host: the token and all prompts could be read on the way",
                hint: "use https://, or the VPN address; --insecure allows it all the same")
        }
        if let token, token.reveal().isEmpty || !token.reveal().utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
            throw AuroraError(
                .invalid, "the token for '\(url)' is empty or has characters that no token has", hint: "look at where it comes from")
        }
        self.url = url
        self.token = token
        self.endpoint = endpoint
        self.path = (path == "/" ? "" : path.hasSuffix("/") ? String(path.dropLast()) : path) + TunnelHello.path
    }

    public static func == (left: JoinTarget, right: JoinTarget) -> Bool { left.url == right.url && left.token == right.token }
}
