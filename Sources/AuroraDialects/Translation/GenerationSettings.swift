/// What `/api/chat` and `/api/generate` have in common.
struct GenerationSettings {
    enum Think: Equatable {
        case on(Bool)
        /// `low`, `medium` or `high`.
        case effort(String)
    }

    let model: String
    let streams: Bool
    let keepAlive: KeepAlive?
    let think: Think?
    private let options: [JSONObject.Member]
    private let responseFormat: JSON?
    /// How many alternatives to tell for each token; nil when no probabilities are wanted.
    let logprobs: Int?

    init(_ fields: Fields) throws(DialectError) {
        guard let model = try fields.string("model"), !model.isEmpty else { throw .modelRequired }
        self.model = model
        streams = try fields.bool("stream") ?? true
        keepAlive = try KeepAlive(fields["keep_alive"])
        options = try SamplingOptions.translate(fields.object("options") ?? [:])
        responseFormat = try Self.responseFormat(fields["format"])
        think = try Self.think(fields["think"])
        logprobs = try Self.logprobs(fields)
    }

    /// The request's beginning for the upstream model; what only one endpoint has is added by the caller.
    func begin(_ upstreamModel: String, _ prompt: [JSONObject.Member]) -> JSONObject {
        var request = JSONObject(members: [.init("model", .string(upstreamModel))] + prompt)
        request.append("stream", .bool(streams))
        if streams { request.append("stream_options", ["include_usage": true]) }
        for option in options { request.append(option.key, option.value) }
        request.append("response_format", responseFormat)
        return request
    }

    /// Never 0 alternatives: llama.cpp takes that for "no probabilities". What is too much is cut from the answer.
    func appendLogprobsOfChat(to request: inout JSONObject) {
        guard let logprobs else { return }
        request.append("logprobs", true)
        request.append("top_logprobs", .int(max(1, logprobs)))
    }

    /// The older endpoint has one number for both.
    func appendLogprobsOfCompletion(to request: inout JSONObject) {
        if let logprobs { request.append("logprobs", .int(max(1, logprobs))) }
    }

    func appendThink(to request: inout JSONObject) {
        switch think {
        case .on(let on): request.append("chat_template_kwargs", ["enable_thinking": .bool(on)])
        case .effort(let effort): request.append("reasoning_effort", .string(effort))
        case nil: break
        }
    }
}

extension GenerationSettings {
    private static func responseFormat(_ format: JSON?) throws(DialectError) -> JSON? {
        switch format {
        case nil, .string(""): return nil
        case .string("json"): return ["type": "json_object"]
        case .object(let schema):
            return ["type": "json_schema", "json_schema": ["name": "schema", "schema": .object(schema), "strict": true]]
        case let other?: throw .invalid("invalid format: \(other.text); expected \"json\" or a valid JSON Schema object")
        }
    }

    private static func think(_ think: JSON?) throws(DialectError) -> Think? {
        switch think {
        case nil: return nil
        case .bool(let on): return .on(on)
        case .string(let effort) where ["low", "medium", "high"].contains(effort): return .effort(effort)
        // OpenAI's wire has no more than this.
        case .string("max"): return .effort("high")
        case let other?:
            throw .invalid("invalid think value: \(other.text) (must be \"high\", \"medium\", \"low\", \"max\", true, or false)")
        }
    }

    private static func logprobs(_ fields: Fields) throws(DialectError) -> Int? {
        let top = try fields.int("top_logprobs") ?? 0
        guard (0...20).contains(top) else { throw .invalid("top_logprobs must be between 0 and 20") }
        return try fields.bool("logprobs") == true ? top : nil
    }
}
