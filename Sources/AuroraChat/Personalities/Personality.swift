/// Who answers: a system prompt and the settings that go with it.
public struct Personality: Sendable, Equatable {
    /// The file's name without `.md`.
    public let id: String
    /// What people see.
    public let name: String
    public let description: String?
    /// Nil: the first model that is ready.
    public let model: String?
    public let temperature: Double?
    /// The longest answer, in tokens.
    public let maxTokens: Int?
    /// The model's context window, in tokens; nil: 4096.
    public let context: Int?
    public let systemPrompt: String

    public init(
        id: String, name: String, description: String? = nil, model: String? = nil, temperature: Double? = nil, maxTokens: Int? = nil,
        context: Int? = nil, systemPrompt: String
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.model = model
        self.temperature = temperature
        self.maxTokens = maxTokens
        self.context = context
        self.systemPrompt = systemPrompt
    }
}
