/// What the router needs to know of a request.
public struct RoutingRequest: Sendable {
    public var model: ModelKey
    /// An estimate will do.
    public var promptTokens: Int
    /// How long the answer may get, for example `max_tokens`. How much of it is used is learned.
    public var expectedTokens: Int?
    /// Hash of the conversation or session: such requests stay on their worker while that is not much slower.
    public var affinity: UInt64?
    /// Hashes of the prompt's first blocks, each over all blocks before it too. At most 16 are looked at.
    public var prefixes: [UInt64]
    /// Overrides the policy of the model.
    public var policy: PolicyName?
    /// Who asks; the line is fair between clients.
    public var client: Int
    /// 0 to 10; more is sooner.
    public var priority: Int
    /// Refused when it still waits then.
    public var deadline: Instant?
    /// Only this worker will do.
    public var pinned: WorkerID?
    /// Workers that failed this request already.
    public var excluded: [WorkerID]
    /// False when the answer comes in one piece, so that its first byte says nothing of the first token.
    public var streams: Bool
    /// False when silence says nothing of a worker's health, as when an engine holds a tool call back until it is whole. Then only
    /// the settings' longest silence counts.
    public var isPaced: Bool

    public static let defaultPriority = 5
    static let prefixLimit = 16

    public init(
        model: ModelKey, promptTokens: Int, expectedTokens: Int? = nil, affinity: UInt64? = nil, prefixes: [UInt64] = [],
        policy: PolicyName? = nil, client: Int = 0, priority: Int = Self.defaultPriority, deadline: Instant? = nil,
        pinned: WorkerID? = nil, excluded: [WorkerID] = [], streams: Bool = true, isPaced: Bool = true
    ) {
        self.model = model
        self.promptTokens = promptTokens
        self.expectedTokens = expectedTokens
        self.affinity = affinity
        self.prefixes = prefixes
        self.policy = policy
        self.client = client
        self.priority = priority
        self.deadline = deadline
        self.pinned = pinned
        self.excluded = excluded
        self.streams = streams
        self.isPaced = isPaced
    }
}

/// How a worker is chosen. The raw value is the word in the manifest and in headers.
public enum PolicyName: String, Sendable, Codable, CaseIterable {
    /// Lowest predicted time to first token.
    case predicted
    /// Fewest requests for its slots.
    case leastLoaded = "least-loaded"
    /// One after the other.
    case roundRobin = "round-robin"
    /// Equal beginnings of prompts go to the same worker, as far as its load allows.
    case prefix
    /// The worker that the request names, else the first candidate that is up; the others stand by.
    case pinned
}
