/// How many tokens a request cost, as far as the engine told.
public struct TokenUsage: Sendable, Equatable {
    public var prompt: Int?
    public var completion: Int?

    public init(prompt: Int? = nil, completion: Int? = nil) {
        self.prompt = prompt
        self.completion = completion
    }
}
