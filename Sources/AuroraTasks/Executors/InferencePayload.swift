import AuroraDialects
import AuroraModel

/// The payload of `llm_inference`: what is asked, of which model, with which options.
struct InferencePayload: Sendable {
    private static let known = ["message", "messages", "model", "options"]
    private static let roles = ["system", "developer", "user", "assistant", "tool"]

    let messages: [JSON]
    let model: String?
    let options: [JSONObject.Member]
    let findings: [TaskFinding]

    init(_ payload: JSONObject, _ requirements: TaskRequirements) {
        var fields = TaskFields(payload, prefix: "payload.")
        fields.refuseUnknown(known: Self.known)
        messages = Self.messages(&fields)
        model = TaskModel.name(&fields, requirements)
        let (options, findings) = InferenceOptions.read(fields.object("options") ?? [:])
        fields.take(findings)
        self.options = options
        self.findings = fields.findings
    }

    /// A streamed chat completion.
    func body(model: String) -> JSON {
        var object: JSONObject = [
            "model": .string(model), "messages": .array(messages), "stream": true, "stream_options": ["include_usage": true],
        ]
        for option in options { object.append(option.key, option.value) }
        return .object(object)
    }

    private static func messages(_ fields: inout TaskFields) -> [JSON] {
        switch (fields["message"], fields["messages"]) {
        case (let message?, nil):
            guard let text = message.string, !text.isEmpty else {
                fields.report("message", "is \(message.shown)", fix: "use a text that is not empty")
                return []
            }
            return [["role": "user", "content": .string(text)]]
        case (nil, let messages?):
            let list = messages.array ?? []
            if list.isEmpty { fields.report("messages", "holds no message", fix: "use [{\"role\":\"user\",\"content\":\"…\"}]") }
            for (place, message) in list.enumerated() { check(message, "messages[\(place)]", &fields) }
            return list
        case (_?, _?):
            fields.report("message", "stands beside 'messages'", fix: "send one of them")
            return []
        case (nil, nil):
            fields.report("message", "is missing", fix: "add \"message\": \"…\", or \"messages\": [ … ]")
            return []
        }
    }

    private static func check(_ message: JSON, _ place: String, _ fields: inout TaskFields) {
        guard let role = message["role"]?.string, roles.contains(role) else {
            fields.report(
                place + ".role", message["role"].map { "is \($0.shown)" } ?? "is missing",
                fix: "use one of: \(roles.joined(separator: ", "))")
            return
        }
        switch message["content"] {
        case .string, .array: return
        case nil, .null: if message["tool_calls"]?.array?.isEmpty == false { return }
        default: break
        }
        fields.report(place + ".content", "is no text", fix: "use a text, or a list of parts")
    }
}

/// Which model a task wants.
enum TaskModel {
    static func name(_ fields: inout TaskFields, _ requirements: TaskRequirements) -> String? {
        let model = fields.text("model")
        if let model, let required = requirements.model, model != required {
            fields.report("model", "is '\(model)', and 'requirements.model' is '\(required)'", fix: "name one model")
        }
        return model ?? requirements.model
    }
}

/// `options` of `llm_inference`: names of OpenAI or Ollama, passed on under those that OpenAI-compatible engines know.
enum InferenceOptions {
    private enum Kind {
        case number(ClosedRange<Double>)
        case whole(ClosedRange<Int>)
        case texts, object, text
    }

    private static let table: [(name: String, kind: Kind, upstream: [String])] = [
        ("temperature", .number(0...10), ["temperature"]), ("top_p", .number(0...1), ["top_p"]), ("min_p", .number(0...1), ["min_p"]),
        ("top_k", .whole(0...1_000_000), ["top_k"]), ("seed", .whole(-0x8000_0000...0x7fff_ffff_ffff), ["seed"]),
        ("presence_penalty", .number(-10...10), ["presence_penalty"]), ("frequency_penalty", .number(-10...10), ["frequency_penalty"]),
        // llama.cpp and LM Studio know the first name, vLLM and SGLang the second.
        ("repeat_penalty", .number(0...10), ["repeat_penalty", "repetition_penalty"]),
        ("max_tokens", .whole(1...10_000_000), ["max_tokens"]), ("num_predict", .whole(1...10_000_000), ["max_tokens"]),
        ("stop", .texts, ["stop"]), ("response_format", .object, ["response_format"]), ("reasoning_effort", .text, ["reasoning_effort"]),
    ]

    static func read(_ object: JSONObject) -> ([JSONObject.Member], [TaskFinding]) {
        var fields = TaskFields(object, prefix: "payload.options.")
        fields.refuseUnknown(known: table.map(\.name))
        if fields["max_tokens"] != nil, fields["num_predict"] != nil {
            fields.report("num_predict", "means the same as 'max_tokens'", fix: "send one of them")
        }
        var members: [JSONObject.Member] = []
        for option in table {
            guard let value = fields[option.name], check(option.name, value, option.kind, &fields) else { continue }
            members += option.upstream.map { .init($0, value) }
        }
        return (members, fields.findings)
    }

    private static func check(_ name: String, _ value: JSON, _ kind: Kind, _ fields: inout TaskFields) -> Bool {
        switch kind {
        case .number(let range): return fields.number(name, in: range) != nil
        case .whole(let range): return fields.whole(name, in: range) != nil
        case .text: return fields.text(name) != nil
        case .object: return fields.object(name) != nil
        case .texts:
            if value.string != nil || value.array?.allSatisfy({ $0.string != nil }) == true { return true }
            fields.report(name, "is \(value.shown)", fix: "use a text or a list of texts")
            return false
        }
    }
}
