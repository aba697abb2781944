public import AuroraModel

/// Who this node is, as the others are told.
public struct NodeIdentity: Sendable, Equatable {
    public let name: String
    public let role: NodeRole
    public let mesh: String

    public init(name: String, role: NodeRole, mesh: String) {
        self.name = name
        self.role = role
        self.mesh = mesh
    }
}
