/// What one choice of OpenAI's wire says, in whichever of its three shapes: `delta`, `message` or `text`.
struct OpenAIPiece {
    var content = ""
    var thinking = ""
    /// In Ollama's shape.
    var logprobs: JSON?
    var toolCalls: [JSON] = []
    var finishReason: String?

    init() {}

    /// `alternatives` is how many other tokens the client wants to see for each one.
    init(_ choice: JSON, alternatives: Int) {
        let message = choice["delta"] ?? choice["message"]
        content = message?["content"]?.string ?? choice["text"]?.string ?? ""
        thinking = message?["reasoning_content"]?.string ?? message?["reasoning"]?.string ?? ""
        toolCalls = message?["tool_calls"]?.array ?? []
        finishReason = choice["finish_reason"]?.string
        logprobs = choice["logprobs"].flatMap { Self.ollama($0, alternatives) }
    }

    var says: Bool { !content.isEmpty || !thinking.isEmpty || logprobs != nil }

    /// Probabilities come as objects, or from the older endpoint as arrays side by side.
    private static func ollama(_ logprobs: JSON, _ alternatives: Int) -> JSON? {
        if let tokens = logprobs["content"]?.array { return tokens.isEmpty ? nil : .array(tokens.map { token($0, alternatives) }) }
        guard let tokens = logprobs["tokens"]?.array, !tokens.isEmpty else { return nil }
        return .array(
            tokens.indices.map { place in
                var token: JSONObject = ["token": tokens[place], "logprob": logprobs["token_logprobs"]?[place] ?? .null]
                if alternatives > 0, let top = logprobs["top_logprobs"]?[place]?.object {
                    token.append(
                        "top_logprobs", .array(top.members.prefix(alternatives).map { ["token": .string($0.key), "logprob": $0.value] }))
                }
                return .object(token)
            })
    }

    private static func token(_ token: JSON, _ alternatives: Int) -> JSON {
        var ours: JSONObject = ["token": token["token"] ?? "", "logprob": token["logprob"] ?? .null]
        ours.append("bytes", token["bytes"])
        if alternatives > 0, let top = token["top_logprobs"]?.array {
            ours.append("top_logprobs", .array(top.prefix(alternatives).map { Self.token($0, 0) }))
        }
        return .object(ours)
    }
}
