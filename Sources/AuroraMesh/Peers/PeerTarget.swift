import AuroraHTTP
public import AuroraModel

/// Another node and where its APIs are reached from here.
public struct PeerTarget: Sendable, Hashable {
    public let name: String
    public let role: NodeRole
    /// Base URL of its node API.
    public let api: String
    /// Base URL of its gateway; nil where it is on the host of `api`, at the port that the node's report names.
    public let gateway: String?

    public init(name: String, role: NodeRole, api: String, gateway: String? = nil) {
        self.name = name
        self.role = role
        self.api = api
        self.gateway = gateway
    }

    /// Whether it is reached through a tunnel that it opened itself.
    public var isTunnelled: Bool { api.hasPrefix("http+unix:") }

    /// Throws `invalid` where `api` is no URL.
    func gatewayURL(port: Int) throws(AuroraError) -> String {
        if let gateway { return gateway }
        let endpoint = try Endpoint.parse(api).endpoint
        let scheme = endpoint.transport == .tls ? "https" : "http"
        return "\(scheme)://\(endpoint.host.contains(":") ? "[\(endpoint.host)]" : endpoint.host):\(port)"
    }
}

extension PeerTarget {
    /// Where a node of the manifest is asked; nil for one that only dials out.
    ///
    /// The node token goes with every call, so a public address is never asked over plain HTTP unless the manifest says so with `url`.
    /// - Parameter port: of the node API, the same on every node.
    public init?(_ node: NodeSpec, port: Int) {
        if let url = node.url {
            self.init(name: node.name, role: node.role, api: url)
        } else if let host = node.vpn ?? node.address.flatMap({ PrivateHost.contains($0) ? $0 : nil }) {
            self.init(name: node.name, role: node.role, api: "http://\(host.contains(":") ? "[\(host)]" : host):\(port)")
        } else {
            return nil
        }
    }
}
