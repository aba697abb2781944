public import AuroraModel

/// `GET /api/mesh` of the node API: the whole mesh as one node sees it. Ages and times are seconds.
public struct MeshView: Codable, Sendable {
    public var mesh: String
    /// The node that answers.
    public var node: String
    /// That node first, then those of the manifest, then others that were heard of.
    public var nodes: [MeshNode]
    public var workers: [MeshWorker]
    public var models: [MeshModel]
    public var line: MeshLine
    public var tasks: MeshTasks
    /// The newest entry of `/api/mesh/decisions`, so that a page sees when to ask for more.
    public var lastDecision: String?

    public init(
        mesh: String, node: String, nodes: [MeshNode], workers: [MeshWorker], models: [MeshModel], line: MeshLine, tasks: MeshTasks,
        lastDecision: String?
    ) {
        self.mesh = mesh
        self.node = node
        self.nodes = nodes
        self.workers = workers
        self.models = models
        self.line = line
        self.tasks = tasks
        self.lastDecision = lastDecision
    }
}

/// A machine of the mesh.
public struct MeshNode: Codable, Sendable, Equatable {
    public var name: String
    public var role: NodeRole
    public var status: MeshNodeStatus
    /// Why it is not online, in one sentence.
    public var reason: String?
    /// Whether the node that answers was told to send it nothing new.
    public var drainedHere: Bool
    /// Since it told something; nil when it never did.
    public var ageSeconds: Double?
    /// `direct`, or `tunnel` for a node that dialled in; nil for the node that answers.
    public var way: String?
    /// Round trip of a small call, in milliseconds; 0 for the node that answers.
    public var linkMs: Double?
    public var version: String?
    public var uptimeSeconds: Double?
    public var gpus: [GPUReport]
    /// Names of its workers.
    public var workers: [String]
    /// Requests on its workers, whoever sent them, and those in the line of the node that answers that count on one of them.
    public var inFlight: Int
    public var waiting: Int

    public init(
        name: String, role: NodeRole, status: MeshNodeStatus, reason: String? = nil, drainedHere: Bool = false, ageSeconds: Double? = nil,
        way: String? = nil, linkMs: Double? = nil, version: String? = nil, uptimeSeconds: Double? = nil, gpus: [GPUReport] = [], workers: [String] = [],
        inFlight: Int = 0, waiting: Int = 0
    ) {
        self.name = name
        self.role = role
        self.status = status
        self.reason = reason
        self.drainedHere = drainedHere
        self.ageSeconds = ageSeconds
        self.way = way
        self.linkMs = linkMs
        self.version = version
        self.uptimeSeconds = uptimeSeconds
        self.gpus = gpus
        self.workers = workers
        self.inFlight = inFlight
        self.waiting = waiting
    }
}

/// Requests between clients and workers.
public struct MeshLine: Codable, Sendable, Equatable {
    public var running: Int
    public var waiting: Int
    public var waitingPerModel: [String: Int]

    public init(running: Int, waiting: Int, waitingPerModel: [String: Int] = [:]) {
        self.running = running
        self.waiting = waiting
        self.waitingPerModel = waitingPerModel
    }
}

/// How many tasks the node that answers has, as of a second ago.
public struct MeshTasks: Codable, Sendable, Equatable {
    public var queued: Int
    public var active: Int
    public var completed: Int
    /// Ended without a result.
    public var failed: Int
    public var cancelled: Int

    public init(queued: Int = 0, active: Int = 0, completed: Int = 0, failed: Int = 0, cancelled: Int = 0) {
        self.queued = queued
        self.active = active
        self.completed = completed
        self.failed = failed
        self.cancelled = cancelled
    }
}

/// A model by name, wherever it is.
public struct MeshModel: Codable, Sendable, Equatable {
    public var name: String
    public var aliases: [String]
    /// Requests for it that wait in the line.
    public var waiting: Int
    /// The workers that have it, those that hold it in memory first.
    public var places: [Place]

    public struct Place: Codable, Sendable, Equatable {
        public var worker: String
        public var node: String
        /// Whether the worker can be given requests now.
        public var takesWork: Bool
        public var model: MeshWorker.Model

        public init(worker: String, node: String, takesWork: Bool, model: MeshWorker.Model) {
            self.worker = worker
            self.node = node
            self.takesWork = takesWork
            self.model = model
        }
    }

    public init(name: String, aliases: [String], waiting: Int, places: [Place]) {
        self.name = name
        self.aliases = aliases
        self.waiting = waiting
        self.places = places
    }
}
