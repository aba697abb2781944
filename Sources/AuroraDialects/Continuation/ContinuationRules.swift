/// What a request must not ask for if its answer is to go on elsewhere.
struct ContinuationRules {
    private let request: JSONObject
    private let keepsGrammar: Bool

    init(_ request: JSONObject, keepsGrammar: Bool) {
        self.request = request
        self.keepsGrammar = keepsGrammar
    }

    func check() throws(Obstacle) {
        if (request["n"]?.int ?? 1) > 1 || (request["best_of"]?.int ?? 1) > 1 || request["use_beam_search"]?.bool == true {
            throw .severalAnswers
        }
        if wantsLogprobs { throw .logprobs }
        if request["echo"]?.bool == true { throw .echo }
        if prescribesForm, !keepsGrammar { throw .structuredOutput }
    }

    /// A flag on the chat calls, a number on OpenAI's older one, where 0 asks for them too.
    private var wantsLogprobs: Bool {
        guard let logprobs = request["logprobs"] else { return false }
        return logprobs.bool ?? (logprobs.int != nil)
    }

    /// The names under which engines know it: OpenAI's, Ollama's, llama.cpp's, those of vLLM (old and new) and SGLang.
    private var prescribesForm: Bool {
        if let format = request["response_format"], !format.isNull, format["type"]?.string != "text" { return true }
        let others = [
            "format", "grammar", "json_schema", "structured_outputs", "guided_json", "guided_regex", "guided_choice", "guided_grammar",
            "regex", "ebnf",
        ]
        return others.contains { key in request[key].map { !$0.isNull && $0 != "" } ?? false }
    }
}

/// How many tokens the client allows, under all the names there are.
struct TokenBudget {
    private static let limits = ["max_tokens", "max_completion_tokens", "n_predict"]

    private(set) var request: JSONObject
    private let isOllama: Bool

    init(_ request: JSONObject, _ wire: AnswerWire) {
        self.request = request
        isOllama = wire.framing == .ndjson
    }

    func isUsedUp(by tokens: Int) -> Bool {
        limit.map { $0 <= tokens } ?? false
    }

    /// The smallest limit; numbers that are not positive mean "none".
    private var limit: Int? {
        let values = isOllama ? [request["options"]?["num_predict"]] : Self.limits.map { request[$0] }
        return values.compactMap { $0?.int }.filter { $0 > 0 }.min()
    }

    /// Takes off what has been given, but leaves at least one token.
    mutating func lower(by tokens: Int) {
        if isOllama {
            guard var options = request["options"]?.object else { return }
            Self.lower(&options, "num_predict", by: tokens, least: 1)
            request["options"] = .object(options)
            return
        }
        for name in Self.limits { Self.lower(&request, name, by: tokens, least: 1) }
        Self.lower(&request, "min_tokens", by: tokens, least: 0)
    }

    private static func lower(_ object: inout JSONObject, _ key: String, by tokens: Int, least: Int) {
        guard let value = object[key]?.int, value > 0 else { return }
        object[key] = .int(max(least, value - tokens))
    }
}
