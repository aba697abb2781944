/// Reads the body of `/v1/messages`. What has no meaning here (`metadata`, `cache_control`, `service_tier`, …) is ignored; what
/// would change the answer and cannot be done is refused.
struct AnthropicRequest {
    private let request: JSONObject
    private let model: String
    private let streams: Bool
    private let showsThinking: Bool
    private let prefill: String?

    init(_ fields: Fields) throws(DialectError) {
        guard let model = try fields.string("model"), !model.isEmpty else { throw .modelRequired }
        guard let limit = try fields.int("max_tokens") else {
            throw .invalid("'max_tokens' is missing; say how many tokens the answer may have")
        }
        guard limit > 0 else { throw .invalid("'max_tokens' must be at least 1, it is \(limit)") }
        try Self.refuse(fields)
        self.model = model
        streams = try fields.bool("stream") ?? false
        let thinking = try Self.thinking(fields)
        showsThinking = thinking == true
        let messages = try AnthropicMessages.translate(system: fields["system"], fields.array("messages") ?? [])
        var request: JSONObject = ["model": .string(model), "messages": .array(messages), "max_tokens": .int(limit)]
        for name in ["temperature", "top_p"] { request.append(name, try fields.number(name)) }
        request.append("top_k", try fields.int("top_k").map { .int($0) })
        request.append("stop", try Self.stop(fields))
        try AnthropicTools.append(fields, to: &request)
        try Self.appendOutput(fields, to: &request)
        if let thinking { request.append("chat_template_kwargs", ["enable_thinking": .bool(thinking)]) }
        prefill = Prefill.text(in: messages)
        if prefill != nil { Prefill.mark(&request) }
        self.request = request
    }

    func face(id: String) -> FaceRequest {
        let writer = AnthropicWriter(id: id, model: model, showsThinking: showsThinking)
        let reply = FaceReply(writer, streams: streams, id: id, prefill: prefill)
        return FaceRequest(request, model: model, streams: streams, reply: reply)
    }

    private static func refuse(_ fields: Fields) throws(DialectError) {
        if let servers = try fields.array("mcp_servers"), !servers.isEmpty {
            throw .invalid("'mcp_servers' are not reached from here; let the client call them and offer their tools under 'tools'")
        }
        if fields["container"] != nil { throw .invalid("'container' is not supported: no code is run here; leave it out") }
    }

    /// Nil when the client says nothing of it; then the model does as it likes, and what it thinks is not shown.
    private static func thinking(_ fields: Fields) throws(DialectError) -> Bool? {
        guard let thinking = try fields.object("thinking") else { return nil }
        let type = try Fields(thinking, path: "thinking.").string("type")
        switch type {
        case "enabled", "adaptive", "between_tools": return true
        case "disabled": return false
        default: throw .invalid("'thinking.type' is '\(type ?? "")'; use \"enabled\", \"adaptive\" or \"disabled\"")
        }
    }

    private static func stop(_ fields: Fields) throws(DialectError) -> JSON? {
        guard let sequences = try fields.array("stop_sequences"), !sequences.isEmpty else { return nil }
        guard sequences.allSatisfy({ $0.string != nil }) else { throw .invalid("'stop_sequences' must be an array of strings") }
        return .array(sequences)
    }

    /// `output_config`: how hard to try, and the form of the answer.
    private static func appendOutput(_ fields: Fields, to request: inout JSONObject) throws(DialectError) {
        let output = Fields(try fields.object("output_config") ?? [:], path: "output_config.")
        if let effort = try output.string("effort") {
            guard ["low", "medium", "high", "xhigh", "max"].contains(effort) else {
                throw .invalid("'output_config.effort' is '\(effort)'; use \"low\", \"medium\", \"high\", \"xhigh\" or \"max\"")
            }
            // Engines know no more than three.
            request.append("reasoning_effort", .string(["low", "medium"].contains(effort) ? effort : "high"))
        }
        guard let format = try output.object("format") else { return }
        let form = Fields(format, path: "output_config.format.")
        guard try form.string("type") == "json_schema", let schema = try form.object("schema") else {
            throw .invalid("'output_config.format' must be {\"type\": \"json_schema\", \"schema\": {…}}")
        }
        request.append(
            "response_format",
            ["type": "json_schema", "json_schema": ["name": "answer", "schema": .object(schema), "strict": true]])
    }
}
