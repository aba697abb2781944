/// How things stand, for status pages.
public struct RouterSnapshot: Sendable {
    public let workers: [Worker]
    /// Requests running, and waiting in the line.
    public let running: Int
    public let waiting: Int
    /// Requests waiting by name of the model.
    public let waitingPerModel: [String: Int]

    public struct Worker: Sendable {
        public let id: WorkerID
        public let name: String
        public let node: String
        public let inFlight: Int
        public let outside: Int
        /// Requests in the line that count on this worker.
        public let waiting: Int
        public let slots: Slots
        public let breaker: Breaker
        public let models: [Model]
    }

    public struct Slots: Sendable, Equatable {
        /// In force: set, else told, else learned.
        public let now: Int
        public let set: Int?
        public let told: Int?
        public let learned: Int
    }

    /// Whether a worker that failed is asked again.
    public enum Breaker: String, Sendable, Codable {
        case closed
        /// Nothing is sent.
        case open
        /// One request is tried.
        case halfOpen = "half-open"
    }

    public struct Model: Sendable {
        public let name: String
        public let isResident: Bool
        public let inFlight: Int
        /// Answers that were measured; 0 means that the speeds are assumed.
        public let samples: Int
        public let loadSeconds: Double
        public let promptTokensPerSecond: Double
        public let tokensPerSecond: Double
        /// Part of its speed that an answer loses for each other that runs beside it.
        public let slowdown: Double
        /// Measured over predicted time to first token, decayed mean; nil before the first measurement.
        public let errorRatio: Double?
    }
}
