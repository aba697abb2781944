/// Why a request went where it went, and what came of it. Times are seconds.
public struct MeshDecision: Codable, Sendable, Equatable {
    /// The request's id, as in `X-Request-Id`.
    public var id: String
    /// Since it came in.
    public var ageSeconds: Double
    /// The client's path, such as `/v1/chat/completions`.
    public var route: String
    public var model: String
    public var worker: String
    public var policy: String
    /// One word, as in the header `X-Aurora-Reason`.
    public var reason: String
    /// The reason in a sentence.
    public var why: String
    public var promptTokens: Int
    public var predicted: Times
    /// The next best, at most four.
    public var alternatives: [Alternative]
    /// How long it waited in the line before the worker was chosen.
    public var waitedSeconds: Double
    /// From the choice to the first token; nil when none came.
    public var firstTokenSeconds: Double?
    /// The whole answer, from its request on.
    public var seconds: Double
    /// HTTP status of the answer; 499 when the client went away.
    public var status: Int
    /// Workers that failed it before.
    public var failed: [String]
    /// Another worker went on in the middle of the answer.
    public var continued: Bool

    /// What was expected until the first token, by cause.
    public struct Times: Codable, Sendable, Equatable {
        public var queue: Double
        public var load: Double
        public var link: Double
        public var prompt: Double
        /// The sum of the four.
        public var firstToken: Double
        /// From one token to the next.
        public var perToken: Double

        public init(queue: Double, load: Double, link: Double, prompt: Double, firstToken: Double, perToken: Double) {
            self.queue = queue
            self.load = load
            self.link = link
            self.prompt = prompt
            self.firstToken = firstToken
            self.perToken = perToken
        }
    }

    public struct Alternative: Codable, Sendable, Equatable {
        /// Nil when it is not part of the mesh any more.
        public var worker: String?
        public var predicted: Times

        public init(worker: String?, predicted: Times) {
            self.worker = worker
            self.predicted = predicted
        }
    }

    public init(
        id: String, ageSeconds: Double, route: String, model: String, worker: String, policy: String, reason: String, why: String,
        promptTokens: Int, predicted: Times, alternatives: [Alternative], waitedSeconds: Double, firstTokenSeconds: Double?,
        seconds: Double, status: Int, failed: [String], continued: Bool
    ) {
        self.id = id
        self.ageSeconds = ageSeconds
        self.route = route
        self.model = model
        self.worker = worker
        self.policy = policy
        self.reason = reason
        self.why = why
        self.promptTokens = promptTokens
        self.predicted = predicted
        self.alternatives = alternatives
        self.waitedSeconds = waitedSeconds
        self.firstTokenSeconds = firstTokenSeconds
        self.seconds = seconds
        self.status = status
        self.failed = failed
        self.continued = continued
    }
}

/// `GET /api/mesh/decisions`: newest first.
public struct MeshDecisionList: Codable, Sendable {
    public var decisions: [MeshDecision]

    public init(decisions: [MeshDecision]) { self.decisions = decisions }
}
