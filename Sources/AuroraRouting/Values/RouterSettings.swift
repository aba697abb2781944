/// What an operator may set, with the values that hold when nobody does. All times are seconds.
public struct RouterSettings: Sendable {
    public var policy: PolicyName = .predicted
    /// By the name that `register` was called with.
    public var policyPerModel: [String: PolicyName] = [:]

    /// A conversation stays on its worker until that is slower by this factor than the best one.
    public var affinityFactor = 1.2
    /// Conversations remembered; the least recently used is forgotten first.
    public var affinityLimit = 16_384
    /// Beginnings of prompts remembered.
    public var prefixLimit = 65_536
    /// Tokens that one hash of `RoutingRequest.prefixes` adds.
    public var prefixBlockTokens = 128
    /// Policy `prefix`: a worker takes up to this many times the mean load, and half its slots in any case, before the next one on the ring is asked.
    public var prefixLoadFactor = 1.25

    /// Requests that may wait.
    public var lineLimit = 1024
    /// Part of the line that one client may fill.
    public var clientShare = 0.5
    /// Longest wait when a request names no deadline.
    public var waitLimit = 120.0
    /// Waiting this long counts as much as one level of priority.
    public var ageingSeconds = 5.0

    /// Answers expected to be at least this long weigh the time to the last token too.
    public var longAnswerTokens = 512
    /// How much a second of generating counts against a second until the first token, for long answers.
    public var longAnswerWeight = 0.1

    /// Shortest and longest silence allowed before the first token.
    public var silenceFirst = 15.0...300.0
    /// Shortest and longest silence allowed within an answer.
    public var silenceBetween = 10.0...60.0

    /// Failures within `breakerWindow` that take a worker out.
    public var breakerFailures = 3
    public var breakerWindow = 30.0
    /// First and longest pause before one request is tried again.
    public var breakerPause = 1.0...60.0

    /// Slots of an engine that neither tells them nor has them set, until they are learned.
    public var slotsOllama = 4
    public var slotsOpenAI = 8
    /// Most slots that are learned.
    public var slotsLimit = 256

    /// Part of the requests that may go to a worker to learn its speed.
    public var exploreShare = 0.05
    /// A worker not measured for this long is worth a look.
    public var exploreAfter = 300.0
    /// Longer prompts are not used to explore.
    public var explorePromptTokens = 2048

    /// Pairs of worker and model whose speed is kept over restarts.
    public var learnedLimit = 1024
    /// Models registered at once; the least recently used is dropped first.
    public var modelLimit = 1024
    /// Routers that share workers should differ in this, so that they do not decide alike.
    public var seed: UInt64 = 0x5EED

    public init() {}
}
