public import AuroraModel

/// `GET /api/status` of the node API: everything the console and `aurora status` show, in one value.
///
/// Ages are seconds and rates are per second, so a reader needs no clock in step with the node's.
public struct NodeStatus: Codable, Sendable {
    public var node: String
    public var role: String
    public var mesh: String
    public var version: String
    public var uptimeSeconds: Double
    /// Base URLs by name: `gateway`, `chat`, `console`.
    public var addresses: [String: String]
    /// True once at least one engine can answer.
    public var ready: Bool
    /// Whether calls over TCP need a token.
    public var tokensRequired: Bool
    public var engines: [EngineStatus]
    public var localEngine: LocalEngineStatus?
    public var load: LoadStatus
    /// The GPUs of the machine, as their drivers tell; empty without any.
    public var gpus: [GPUReport]
    /// What is not as it should be, one sentence each.
    public var warnings: [String]

    public init(
        node: String, role: String, mesh: String, version: String, uptimeSeconds: Double, addresses: [String: String], ready: Bool,
        tokensRequired: Bool, engines: [EngineStatus], localEngine: LocalEngineStatus?, load: LoadStatus, gpus: [GPUReport] = [],
        warnings: [String] = []
    ) {
        self.node = node
        self.role = role
        self.mesh = mesh
        self.version = version
        self.uptimeSeconds = uptimeSeconds
        self.addresses = addresses
        self.ready = ready
        self.tokensRequired = tokensRequired
        self.engines = engines
        self.localEngine = localEngine
        self.load = load
        self.gpus = gpus
        self.warnings = warnings
    }
}

/// One engine as the node sees it now.
public struct EngineStatus: Codable, Sendable {
    public var name: String
    public var kind: EngineKind
    public var url: String
    public var source: EngineSource
    /// `up`, `down`, or `unknown` before the first look.
    public var state: String
    /// Why it is down, in one sentence.
    public var reason: String?
    /// Seconds since the last answer to a poll; nil when it never answered.
    public var ageSeconds: Double?
    public var version: String?
    public var models: [ModelStatus]
    public var inFlight: Int
    public var requests: Int
    public var failures: Int
    /// Tokens per second, smoothed over finished requests; nil before the first.
    public var tokensPerSecond: Double?

    public init(
        name: String, kind: EngineKind, url: String, source: EngineSource, state: String, reason: String?, ageSeconds: Double?,
        version: String?, models: [ModelStatus], inFlight: Int, requests: Int, failures: Int, tokensPerSecond: Double?
    ) {
        self.name = name
        self.kind = kind
        self.url = url
        self.source = source
        self.state = state
        self.reason = reason
        self.ageSeconds = ageSeconds
        self.version = version
        self.models = models
        self.inFlight = inFlight
        self.requests = requests
        self.failures = failures
        self.tokensPerSecond = tokensPerSecond
    }
}

/// A model that an engine has; `loaded` when it answers without loading first.
public struct ModelStatus: Codable, Sendable {
    public var name: String
    public var loaded: Bool
    public var sizeBytes: Int64?

    public init(name: String, loaded: Bool, sizeBytes: Int64? = nil) {
        self.name = name
        self.loaded = loaded
        self.sizeBytes = sizeBytes
    }
}

/// The engine that the node installs and runs itself when it finds none.
public struct LocalEngineStatus: Codable, Sendable {
    /// `installing`, `starting`, `running`, `backing-off`, `failed`, `stopped`.
    public var state: String
    /// One sentence: what it does now, or why it failed and what to do.
    public var detail: String
    /// Part of the installation that is done, 0 to 1; nil when not installing.
    public var progress: Double?

    public init(state: String, detail: String, progress: Double? = nil) {
        self.state = state
        self.detail = detail
        self.progress = progress
    }
}

/// What passes through the gateway.
public struct LoadStatus: Codable, Sendable {
    public var inFlight: Int
    public var requestsTotal: Int
    public var failuresTotal: Int
    public var tokensTotal: Int
    /// Averages over the last five seconds.
    public var requestsPerSecond: Double
    public var tokensPerSecond: Double

    public init(inFlight: Int, requestsTotal: Int, failuresTotal: Int, tokensTotal: Int, requestsPerSecond: Double, tokensPerSecond: Double)
    {
        self.inFlight = inFlight
        self.requestsTotal = requestsTotal
        self.failuresTotal = failuresTotal
        self.tokensTotal = tokensTotal
        self.requestsPerSecond = requestsPerSecond
        self.tokensPerSecond = tokensPerSecond
    }
}
