public import AuroraModel

/// What the caller knows of a worker from its last look at it.
public struct WorkerFacts: Sendable, Equatable {
    public var id: WorkerID
    /// `ollama`, or `vengeance/ollama` for one on another node. What was learned is kept under this name.
    public var name: String
    public var node: String
    public var kind: EngineKind
    public var isUp: Bool
    /// False while it is drained or cordoned: what runs there goes on, nothing new is sent.
    public var takesWork: Bool
    /// Requests it may run at once, as the operator set it.
    public var slotsSet: Int?
    /// Requests it runs at once, as the engine tells it.
    public var slotsTold: Int?
    /// Time for a byte to get there and back.
    public var linkSeconds: Double
    /// Requests that run there and that this router did not send.
    public var outsideLoad: Int
    /// Memory in which another model can be loaded without one leaving; nil when not known.
    public var freeBytes: Int64?
    public var models: [ModelFacts]

    public init(
        id: WorkerID, name: String, node: String, kind: EngineKind, isUp: Bool = true, takesWork: Bool = true, slotsSet: Int? = nil,
        slotsTold: Int? = nil, linkSeconds: Double = 0, outsideLoad: Int = 0, freeBytes: Int64? = nil, models: [ModelFacts] = []
    ) {
        self.id = id
        self.name = name
        self.node = node
        self.kind = kind
        self.isUp = isUp
        self.takesWork = takesWork
        self.slotsSet = slotsSet
        self.slotsTold = slotsTold
        self.linkSeconds = linkSeconds
        self.outsideLoad = outsideLoad
        self.freeBytes = freeBytes
        self.models = models
    }
}

/// A model that a worker has.
public struct ModelFacts: Sendable, Equatable {
    /// The engine's own name of it.
    public var name: String
    /// Answers without loading first.
    public var isResident: Bool
    public var sizeBytes: Int64?
    /// How fast it is there, as another router has measured it; believed until this one measured for itself.
    public var told: ToldSpeed?

    public init(name: String, isResident: Bool, sizeBytes: Int64? = nil, told: ToldSpeed? = nil) {
        self.name = name
        self.isResident = isResident
        self.sizeBytes = sizeBytes
        self.told = told
    }
}

/// What another router learned of a worker with a model; nil where it measured nothing.
public struct ToldSpeed: Sendable, Equatable {
    public var promptTokensPerSecond: Double?
    public var tokensPerSecond: Double?
    public var loadSeconds: Double?

    public init(promptTokensPerSecond: Double? = nil, tokensPerSecond: Double? = nil, loadSeconds: Double? = nil) {
        self.promptTokensPerSecond = promptTokensPerSecond
        self.tokensPerSecond = tokensPerSecond
        self.loadSeconds = loadSeconds
    }
}

/// A worker that can answer for a model, and what the model is called there.
public struct Candidate: Sendable, Hashable {
    public let worker: WorkerID
    /// The engine's own name, as in `ModelFacts.name`.
    public let model: String

    public init(worker: WorkerID, model: String) {
        self.worker = worker
        self.model = model
    }
}
