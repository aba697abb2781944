public import AuroraModel
import Metrics
import Synchronization

/// What is known of another node now, for lists and pages.
public struct PeerStatus: Sendable, Equatable, Codable {
    public enum Way: String, Sendable, Codable { case direct, tunnel }
    public enum State: String, Sendable, Codable { case unknown, up, down }

    public var node: String
    public var role: NodeRole
    public var state: State
    public var way: Way
    /// Why it is down.
    public var reason: String?
    public var version: String?
    public var roundTripSeconds: Double?
}

/// The newest state of every other node. Written by `PeerWatch`, read by whoever needs it.
public final class PeerBoard: Sendable {
    private let peers = Mutex<[String: PeerStatus]>([:])

    public init() {}

    /// In alphabetical order.
    public var all: [PeerStatus] { peers.withLock { $0.values.sorted { $0.node < $1.node } } }

    public subscript(node: String) -> PeerStatus? { peers.withLock { $0[node] } }

    func set(_ status: PeerStatus) {
        peers.withLock { $0[status.node] = status }
        let labels = [("node", status.node)]
        Gauge(label: "aurora_mesh_node_up", dimensions: labels).record(status.state == .up ? 1 : 0)
        if let seconds = status.roundTripSeconds { Gauge(label: "aurora_mesh_node_round_trip", dimensions: labels).record(seconds) }
    }

    func remove(_ node: String) {
        peers.withLock { $0[node] = nil }
        Gauge(label: "aurora_mesh_node_up", dimensions: [("node", node)]).record(0)
    }
}
