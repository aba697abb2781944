/// What a node tells the others about itself: its own engines, how busy they are, and its hardware.
///
/// Only engines of the node itself are in it, never those it heard of, so that a request takes one hop at most.
public struct NodeReport: Sendable, Equatable, Codable {
    public var node: String
    public var role: NodeRole
    public var mesh: String
    public var version: String
    /// Port of its gateway on the address under which this report was fetched.
    public var gatewayPort: Int
    public var uptimeSeconds: Double
    /// Takes no new work from others.
    public var isDraining: Bool
    public var workers: [WorkerReport]
    public var gpus: [GPUReport]

    public init(
        node: String, role: NodeRole, mesh: String, version: String, gatewayPort: Int, uptimeSeconds: Double, isDraining: Bool,
        workers: [WorkerReport], gpus: [GPUReport]
    ) {
        self.node = node
        self.role = role
        self.mesh = mesh
        self.version = version
        self.gatewayPort = gatewayPort
        self.uptimeSeconds = uptimeSeconds
        self.isDraining = isDraining
        self.workers = workers
        self.gpus = gpus
    }
}

/// One engine of a node, as that node sees it.
public struct WorkerReport: Sendable, Equatable, Codable {
    public var name: String
    public var kind: EngineKind
    public var isUp: Bool
    /// Why it is down.
    public var reason: String?
    public var version: String?
    /// Requests it runs at once, set or learned; nil when not known yet.
    public var slots: Int?
    /// Requests it works on now, whoever sent them.
    public var inFlight: Int
    /// Requests that wait for it on its node.
    public var waiting: Int
    public var models: [ModelReport]
    /// What its node has learned of its speed, for each model.
    public var speeds: [SpeedReport]

    public init(
        name: String, kind: EngineKind, isUp: Bool, reason: String? = nil, version: String? = nil, slots: Int? = nil, inFlight: Int = 0,
        waiting: Int = 0, models: [ModelReport] = [], speeds: [SpeedReport] = []
    ) {
        self.name = name
        self.kind = kind
        self.isUp = isUp
        self.reason = reason
        self.version = version
        self.slots = slots
        self.inFlight = inFlight
        self.waiting = waiting
        self.models = models
        self.speeds = speeds
    }
}

/// A model of a worker. `listed` and `running` are the engine's own entries as JSON text, so that lists lose nothing on the way.
public struct ModelReport: Sendable, Equatable, Codable {
    public var name: String
    /// Nil when the engine does not tell.
    public var loaded: Bool?
    public var listed: String
    public var running: String?

    public init(name: String, loaded: Bool?, listed: String, running: String? = nil) {
        self.name = name
        self.loaded = loaded
        self.listed = listed
        self.running = running
    }
}

/// How fast a worker was with a model; nil where nothing was measured yet.
public struct SpeedReport: Sendable, Equatable, Codable {
    public var model: String
    public var promptTokensPerSecond: Double?
    public var tokensPerSecond: Double?
    public var loadSeconds: Double?
    public var firstTokenSeconds: Double?
    /// How many answers it was learned from.
    public var samples: Int

    public init(
        model: String, promptTokensPerSecond: Double? = nil, tokensPerSecond: Double? = nil, loadSeconds: Double? = nil,
        firstTokenSeconds: Double? = nil, samples: Int = 0
    ) {
        self.model = model
        self.promptTokensPerSecond = promptTokensPerSecond
        self.tokensPerSecond = tokensPerSecond
        self.loadSeconds = loadSeconds
        self.firstTokenSeconds = firstTokenSeconds
        self.samples = samples
    }
}

/// One GPU of a node, as its driver tells.
public struct GPUReport: Sendable, Equatable, Codable {
    public var name: String
    /// `nvidia`, `amd` or `apple`.
    public var vendor: String
    public var memoryBytes: Int64?
    public var memoryUsedBytes: Int64?
    /// 0 to 100.
    public var utilisationPercent: Double?
    public var temperatureCelsius: Double?

    public init(
        name: String, vendor: String, memoryBytes: Int64? = nil, memoryUsedBytes: Int64? = nil, utilisationPercent: Double? = nil,
        temperatureCelsius: Double? = nil
    ) {
        self.name = name
        self.vendor = vendor
        self.memoryBytes = memoryBytes
        self.memoryUsedBytes = memoryUsedBytes
        self.utilisationPercent = utilisationPercent
        self.temperatureCelsius = temperatureCelsius
    }
}
