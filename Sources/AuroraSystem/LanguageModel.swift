public import AuroraModel

/// One turn as a model sees it.
public struct ModelTurn: Sendable, Equatable, Codable {
    public let role: MessageRole
    public let content: String

    public init(role: MessageRole, content: String) {
        self.role = role
        self.content = content
    }
}

/// What to ask of a model.
public struct ModelRequest: Sendable {
    /// Nil: the first model that is ready.
    public var model: String?
    public var turns: [ModelTurn]
    public var temperature: Double?
    public var maxTokens: Int?
    /// Passed on as `traceparent` when the caller had one.
    public var traceparent: String?

    public init(model: String?, turns: [ModelTurn], temperature: Double? = nil, maxTokens: Int? = nil, traceparent: String? = nil) {
        self.model = model
        self.turns = turns
        self.temperature = temperature
        self.maxTokens = maxTokens
        self.traceparent = traceparent
    }
}

/// What a model says, in order: any number of `waiting` and `text`, then one `finished`.
public enum ModelEvent: Sendable, Equatable {
    /// The engine took the request; `model` and `worker` are those that were chosen.
    case started(model: String, worker: String)
    case text(String)
    /// `reason` is `stop`, `length`, …; counts are nil when the engine did not tell.
    case finished(reason: String, promptTokens: Int?, completionTokens: Int?)
}

/// A model reachable from here, whatever stands behind it. Ending the iteration stops the engine's work.
public protocol LanguageModel: Sendable {
    /// Models that can be asked for now.
    func models() async throws -> [String]
    func answer(_ request: ModelRequest) -> AsyncThrowingStream<ModelEvent, any Error>
}
