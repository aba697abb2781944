public import AuroraModel

/// `GET /mesh/status` of the gateway: the mesh in a few numbers, under the names that users of GPU meshes know.
///
/// Tasks and requests are those of the node that was asked; nodes, GPUs and memory are those of the mesh as it sees them.
public struct MeshStatus: Codable, Sendable, Equatable {
    public var mesh: String
    /// The node that answers.
    public var node: String
    public var totalNodes: Int
    /// Those that answer now, draining ones among them.
    public var onlineNodes: Int
    /// GPUs of the nodes that are online; so are the two below.
    public var totalGpus: Int
    /// Memory of those GPUs, in bytes, and the same in GB of 2^30 bytes.
    public var totalVram: Int64
    public var totalVramGb: Double
    public var vramUsed: Int64
    public var activeTasks: Int
    public var queuedTasks: Int
    public var completedTasks: Int
    /// Ended without a result.
    public var failedTasks: Int
    /// Requests that run on a worker now, and those that wait in the line.
    public var inFlight: Int
    public var waiting: Int
    public var nodes: [String: Node]

    public struct Node: Codable, Sendable, Equatable {
        public var role: NodeRole
        public var status: MeshNodeStatus
        /// Why it is not online.
        public var reason: String?
        /// Seconds since it told something; nil when it never did.
        public var age: Double?
        /// Round trip of a small call, in milliseconds; 0 for the node that answers.
        public var linkMs: Double?
        public var version: String?
        public var gpus: [GPUReport]
        public var workers: [Worker]

        public init(
            role: NodeRole, status: MeshNodeStatus, reason: String?, age: Double?, linkMs: Double?, version: String?, gpus: [GPUReport],
            workers: [Worker]
        ) {
            self.role = role
            self.status = status
            self.reason = reason
            self.age = age
            self.linkMs = linkMs
            self.version = version
            self.gpus = gpus
            self.workers = workers
        }
    }

    public struct Worker: Codable, Sendable, Equatable {
        public var name: String
        /// `up`, `down` or `unknown`.
        public var status: String
        public var inFlight: Int
        public var slots: Int
        public var models: [String]
        public var loaded: [String]

        public init(name: String, status: String, inFlight: Int, slots: Int, models: [String], loaded: [String]) {
            self.name = name
            self.status = status
            self.inFlight = inFlight
            self.slots = slots
            self.models = models
            self.loaded = loaded
        }
    }

    public init(
        mesh: String, node: String, totalNodes: Int, onlineNodes: Int, totalGpus: Int, totalVram: Int64, totalVramGb: Double,
        vramUsed: Int64, tasks: MeshTasks, inFlight: Int, waiting: Int, nodes: [String: Node]
    ) {
        self.mesh = mesh
        self.node = node
        self.totalNodes = totalNodes
        self.onlineNodes = onlineNodes
        self.totalGpus = totalGpus
        self.totalVram = totalVram
        self.totalVramGb = totalVramGb
        self.vramUsed = vramUsed
        activeTasks = tasks.active
        queuedTasks = tasks.queued
        completedTasks = tasks.completed
        failedTasks = tasks.failed
        self.inFlight = inFlight
        self.waiting = waiting
        self.nodes = nodes
    }
}

/// Whether work goes to a node.
public enum MeshNodeStatus: String, Codable, Sendable, CaseIterable {
    case online
    /// It answers, and is given no new work.
    case draining
    case offline
    /// A laptop that does not answer: nothing to worry about.
    case asleep

    /// Whether it answers.
    public var isReachable: Bool { self == .online || self == .draining }
}

/// `GET /mesh/nodes` of the gateway: the node that answers first.
public struct MeshNodeList: Codable, Sendable {
    public var nodes: [MeshNode]

    public init(nodes: [MeshNode]) { self.nodes = nodes }
}
