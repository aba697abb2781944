import AuroraModel

/// Who wants to join, as the headers of the request for a pipe say.
struct TunnelHello: Sendable, Equatable {
    /// In `Upgrade`.
    static let protocolName = "aurora-tunnel"
    static let path = "/api/mesh/tunnel"

    let node: String
    let mesh: String
    let role: NodeRole
    /// Made anew with each start of the node: tells its pipes from those of another machine with the same name.
    let instance: String

    init(node: String, mesh: String, role: NodeRole, instance: String) {
        (self.node, self.mesh, self.role, self.instance) = (node, mesh, role, instance)
    }

    /// - Parameter header: the value of a header, by its lower-case name.
    init(header: (String) -> String?) throws(AuroraError) {
        guard let node = header("x-aurora-node"), let mesh = header("x-aurora-mesh"), let instance = header("x-aurora-instance") else {
            throw AuroraError(
                .invalid, "this path takes tunnels of other nodes only", hint: "start the other node with 'aurora up --join URL'")
        }
        guard NodeNames.isValid(node), NodeNames.isValid(mesh), NodeNames.isValid(instance) else {
            throw AuroraError(.invalid, "the name of the node or of its mesh is not valid", hint: "use \(NodeNames.expected)")
        }
        (self.node, self.mesh, self.instance) = (node, mesh, instance)
        // A role of a newer version joins as a node that is never promoted.
        role = header("x-aurora-role").flatMap(NodeRole.init(rawValue:)) ?? .workstation
    }

    var headers: [(name: String, value: String)] {
        [
            ("X-Aurora-Node", node), ("X-Aurora-Mesh", mesh), ("X-Aurora-Role", role.rawValue), ("X-Aurora-Instance", instance),
        ]
    }
}
