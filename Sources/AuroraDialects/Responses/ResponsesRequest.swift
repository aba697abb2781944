/// Reads the body of `/v1/responses`. Nothing is kept between calls, so what leans on an earlier response is refused, and so is
/// what OpenAI runs on its own machines. `store` and hints to OpenAI's caches are ignored.
struct ResponsesRequest {
    private let request: JSONObject
    private let model: String
    private let streams: Bool
    private let echo: ResponseObject
    private let prefill: String?

    init(_ fields: Fields) throws(DialectError) {
        guard let model = try fields.string("model"), !model.isEmpty else { throw .modelRequired }
        try Self.refuse(fields)
        self.model = model
        streams = try fields.bool("stream") ?? false
        let messages = try ResponsesInput.translate(fields["input"], instructions: fields.string("instructions"))
        var request: JSONObject = ["model": .string(model), "messages": .array(messages)]
        if let limit = try fields.int("max_output_tokens") {
            guard limit > 0 else { throw .invalid("'max_output_tokens' must be at least 1, it is \(limit)") }
            request.append("max_tokens", .int(limit))
        }
        for name in ["temperature", "top_p", "presence_penalty", "frequency_penalty"] { request.append(name, try fields.number(name)) }
        request.append("tools", try ResponsesTools.translate(fields.array("tools") ?? []))
        request.append("tool_choice", try ResponsesTools.choice(fields["tool_choice"]))
        request.append("parallel_tool_calls", try fields.bool("parallel_tool_calls").map { .bool($0) })
        try Self.appendText(fields, to: &request)
        let reasoning = Fields(try fields.object("reasoning") ?? [:], path: "reasoning.")
        request.append("reasoning_effort", try reasoning.string("effort").map { .string($0) })
        prefill = Prefill.text(in: messages)
        if prefill != nil { Prefill.mark(&request) }
        self.request = request
        echo = ResponseObject(fields.object, model: model)
    }

    func face(id: String, created: Int) -> FaceRequest {
        let writer = ResponsesWriter(id: id, created: created, response: echo)
        let reply = FaceReply(writer, streams: streams, id: id, prefill: prefill)
        return FaceRequest(request, model: model, streams: streams, reply: reply)
    }

    private static func refuse(_ fields: Fields) throws(DialectError) {
        for name in ["previous_response_id", "conversation"] where fields[name] != nil {
            throw .invalid("'\(name)' is not supported: responses are not kept here; send the whole conversation in 'input'")
        }
        if try fields.bool("background") == true {
            throw .invalid("'background' is not supported; use \"stream\": true, or submit a task")
        }
        if fields["prompt"] != nil { throw .invalid("'prompt' names a template kept by OpenAI; send its text in 'input'") }
        let alternatives = try fields.int("top_logprobs") ?? 0
        let includes = try fields.array("include") ?? []
        if alternatives > 0 || includes.contains("message.output_text.logprobs") {
            throw .invalid("probabilities of tokens are not told here; ask '/v1/chat/completions' with \"logprobs\": true")
        }
    }

    /// `text`: the form of the answer, and how wordy it shall be.
    private static func appendText(_ fields: Fields, to request: inout JSONObject) throws(DialectError) {
        let text = Fields(try fields.object("text") ?? [:], path: "text.")
        request.append("verbosity", try text.string("verbosity").map { .string($0) })
        guard let format = try text.object("format") else { return }
        let form = Fields(format, path: "text.format.")
        switch try form.string("type") {
        case "text": return
        case "json_object": request.append("response_format", ["type": "json_object"])
        case "json_schema":
            guard let schema = try form.object("schema") else { throw .invalid("'text.format.schema' is missing") }
            var named: JSONObject = ["name": .string(try form.string("name") ?? "answer")]
            named.append("description", try form.string("description").map { .string($0) })
            named.append("schema", .object(schema))
            named.append("strict", try form.bool("strict").map { .bool($0) })
            request.append("response_format", ["type": "json_schema", "json_schema": .object(named)])
        case let type: throw .invalid("'text.format.type' is '\(type ?? "")'; use \"text\", \"json_object\" or \"json_schema\"")
        }
    }
}
