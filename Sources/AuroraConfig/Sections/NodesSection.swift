import AuroraModel

/// One machine under `nodes:`, as written.
struct NodeDraft: Draft {
    static let noun = "a node"
    static let schema = Schema<NodeDraft>(fields: [
        Field("role", \.role, .choice(), isRequired: true, "What the machine is for; a laptop may sleep."),
        Field("address", \.address, .host, "Where others can dial it; none: it only dials out."),
        Field("vpn", \.vpn, .ipv4, "Its address inside the VPN."),
        Field("url", \.url, .nodeURL, "Its node API, where that is not at the console's port of `vpn` or `address`."),
    ])

    var role: NodeRole?
    var address: String?
    var vpn: String?
    var url: String?

    init() {}

    init(_ node: NodeSpec) {
        (role, address, vpn, url) = (node.role, node.address, node.vpn, node.url)
    }

    func built(name: String, _: inout Reader) -> NodeSpec? {
        role.map { NodeSpec(name: name, role: $0, address: address, vpn: vpn, url: url) }
    }

    static func name(of node: NodeSpec) -> String { node.name }
}
