/// Which worker, and why.
public struct Decision: Sendable {
    public let policy: PolicyName
    public let reason: Reason
    public let predicted: Prediction
    /// The next best, at most four.
    public let alternatives: [Alternative]

    public struct Alternative: Sendable {
        public let worker: WorkerID
        public let predicted: Prediction
    }

    /// The raw value goes into a header.
    public enum Reason: String, Sendable, CaseIterable {
        /// No other worker can take it.
        case only
        /// Another would have to load the model first.
        case resident
        /// Its conversation was there before.
        case affinity
        /// The beginning of its prompt was there before.
        case prefix
        /// The shortest time to the first token.
        case fastest
        /// Of those as fast, it had the least to do.
        case leastBusy = "least-busy"
        /// To learn how fast that worker is now.
        case explore
        /// An earlier worker failed.
        case retry
        /// The request or its policy names the worker.
        case pinned
        /// It was its turn.
        case turn
    }
}

/// Expected seconds until the first token, by cause, and from token to token after it.
public struct Prediction: Sendable, Equatable {
    /// Until the worker has a free slot.
    public var queue: Double
    /// Until the model is in memory.
    public var load: Double
    /// On the way there and back.
    public var link: Double
    /// Until the prompt is read, without what is cached.
    public var prompt: Double
    /// From one token to the next.
    public var perToken: Double

    /// Until the first token.
    public var firstToken: Double { queue + load + link + prompt }

    public init(queue: Double = 0, load: Double = 0, link: Double = 0, prompt: Double = 0, perToken: Double = 0) {
        self.queue = queue
        self.load = load
        self.link = link
        self.prompt = prompt
        self.perToken = perToken
    }
}
