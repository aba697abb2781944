/// What a machine is for. A laptop may sleep: it is never an alarm and never promoted.
public enum NodeRole: String, Sendable, Codable, CaseIterable { case lead, gpu, workstation, laptop }

/// A machine in the mesh, as written under `nodes:`.
public struct NodeSpec: Sendable, Equatable {
    public let name: String
    public let role: NodeRole
    /// Host name or address that others can dial; nil for a node that only dials out.
    public let address: String?
    /// Address inside the VPN.
    public let vpn: String?
    /// Where its node API is, when it is not at the usual port of `vpn` or `address`: scheme, host and port.
    public let url: String?

    public init(name: String, role: NodeRole, address: String? = nil, vpn: String? = nil, url: String? = nil) {
        self.name = name
        self.role = role
        self.address = address
        self.vpn = vpn
        self.url = url
    }
}
