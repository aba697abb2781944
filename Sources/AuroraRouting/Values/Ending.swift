/// How a run ended.
public enum Ending: Sendable {
    case finished(Measured)
    case failed(Failure)
    /// The client went away; says nothing of the worker.
    case cancelled

    /// What went wrong at the worker.
    public enum Failure: Sendable, CaseIterable {
        /// No connection: the worker counts as down until its facts say otherwise.
        case connect
        /// The connection ended before the answer.
        case broken
        /// Nothing came for longer than `silenceLimit`.
        case silent
        /// It answered with a status from 500.
        case status
    }
}

/// What the engine told of an answer; each is nil when it did not.
public struct Measured: Sendable, Equatable {
    public var promptTokens: Int?
    /// Of the prompt's tokens, those that needed no work.
    public var cachedTokens: Int?
    public var outputTokens: Int?
    public var loadSeconds: Double?
    public var promptSeconds: Double?
    public var generationSeconds: Double?

    public init(
        promptTokens: Int? = nil, cachedTokens: Int? = nil, outputTokens: Int? = nil, loadSeconds: Double? = nil,
        promptSeconds: Double? = nil, generationSeconds: Double? = nil
    ) {
        self.promptTokens = promptTokens
        self.cachedTokens = cachedTokens
        self.outputTokens = outputTokens
        self.loadSeconds = loadSeconds
        self.promptSeconds = promptSeconds
        self.generationSeconds = generationSeconds
    }
}

/// How long a worker may say nothing before it counts as hung, in seconds.
public struct SilenceLimit: Sendable, Equatable {
    /// Until the first token.
    public let first: Double
    /// From one piece to the next.
    public let between: Double
}
