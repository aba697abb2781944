public import AuroraModel

/// One engine on one node, with what the router knows of it.
public struct MeshWorker: Codable, Sendable, Equatable {
    public var name: String
    public var node: String
    public var kind: EngineKind
    /// `up`, `down`, or `unknown` before the first look.
    public var status: String
    /// Why it is down, in one sentence.
    public var reason: String?
    /// Seconds since its last answer; nil when it never answered.
    public var ageSeconds: Double?
    public var version: String?
    /// False while it is down, its node drains, or its breaker is open.
    public var takesWork: Bool
    /// Requests of this node that run there.
    public var inFlight: Int
    /// Requests that others sent there.
    public var outside: Int
    /// Requests in the line that count on it.
    public var waiting: Int
    public var slots: Slots
    /// `closed`, `open` (nothing is sent) or `half-open` (one request is tried).
    public var breaker: String
    /// Since the start of the node that answers.
    public var requests: Int
    public var failures: Int
    public var models: [Model]

    /// How many requests it runs at once.
    public struct Slots: Codable, Sendable, Equatable {
        public var now: Int
        /// Where the number comes from: `set` by the manifest, `told` by the engine, or `learned`.
        public var source: String

        public init(now: Int, source: String) {
            self.now = now
            self.source = source
        }
    }

    /// A model that it has, and how fast it was with it.
    public struct Model: Codable, Sendable, Equatable {
        public var name: String
        /// Answers without loading first.
        public var loaded: Bool
        public var sizeBytes: Int64?
        public var inFlight: Int
        /// Answers that were measured; while there are none, the speeds below are assumed from similar ones.
        public var samples: Int
        public var loadSeconds: Double
        public var promptTokensPerSecond: Double
        public var tokensPerSecond: Double
        /// Measured over predicted time to the first token, decayed mean: 1 is exact; nil before the first measurement.
        public var errorRatio: Double?

        public init(
            name: String, loaded: Bool, sizeBytes: Int64? = nil, inFlight: Int = 0, samples: Int = 0, loadSeconds: Double = 0,
            promptTokensPerSecond: Double = 0, tokensPerSecond: Double = 0, errorRatio: Double? = nil
        ) {
            self.name = name
            self.loaded = loaded
            self.sizeBytes = sizeBytes
            self.inFlight = inFlight
            self.samples = samples
            self.loadSeconds = loadSeconds
            self.promptTokensPerSecond = promptTokensPerSecond
            self.tokensPerSecond = tokensPerSecond
            self.errorRatio = errorRatio
        }
    }

    public init(
        name: String, node: String, kind: EngineKind, status: String, reason: String? = nil, ageSeconds: Double? = nil,
        version: String? = nil, takesWork: Bool = true, inFlight: Int = 0, outside: Int = 0, waiting: Int = 0,
        slots: Slots = Slots(now: 1, source: "learned"), breaker: String = "closed", requests: Int = 0, failures: Int = 0,
        models: [Model] = []
    ) {
        self.name = name
        self.node = node
        self.kind = kind
        self.status = status
        self.reason = reason
        self.ageSeconds = ageSeconds
        self.version = version
        self.takesWork = takesWork
        self.inFlight = inFlight
        self.outside = outside
        self.waiting = waiting
        self.slots = slots
        self.breaker = breaker
        self.requests = requests
        self.failures = failures
        self.models = models
    }
}
