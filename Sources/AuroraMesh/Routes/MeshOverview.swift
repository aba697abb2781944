/// `GET /api/mesh/peers`: what this node knows of the others.
public struct MeshOverview: Sendable, Codable {
    /// Pipes of a node that has joined this one.
    public struct Tunnel: Sendable, Codable {
        public var node: String
        public var ready: Int
        public var open: Int
    }

    public var node: String
    public var mesh: String
    public var peers: [PeerStatus]
    /// Nodes that have joined this one.
    public var tunnels: [Tunnel]
    /// Coordinators that this node joins.
    public var joins: [JoinStatus]
}
