/// Which program an engine is, as far as it can be told from outside; each tells its load in another way.
public enum EngineSoftware: String, Sendable, Codable, CaseIterable {
    case ollama
    case llamaCpp = "llama.cpp"
    case vllm
    case sglang
    /// OpenAI-compatible, and nothing more is known.
    case other
}
