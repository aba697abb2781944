import AuroraModel

/// One machine under `nodes:`, as written.
struct NodeDraft: Draft {
    static let noun = "a node"
    static let schema = Schema<NodeDraft>(fields: [
        Field("role", \.role, .choice(), isRequired: true, "What the machine is for; a laptop may sleep."),
        Field("address", \.address, .host, "Where others can dial it; none: it only dials out."),
        Field("vpn", \.vpn, .ipv4, "Its address inside the VPN."),
    ])

    var role: NodeRole?
    var address: String?
    var vpn: String?

    init() {}

    init(_ node: NodeSpec) {
        (role, address, vpn) = (node.role, node.address, node.vpn)
    }

    func built(name: String, _: inout Reader) -> NodeSpec? {
        role.map { NodeSpec(name: name, role: $0, address: address, vpn: vpn) }
    }

    static func name(of node: NodeSpec) -> String { node.name }
}
