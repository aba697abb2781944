/// Turns the messages of `/api/chat` into those of `/v1/chat/completions`.
struct ChatMessages {
    /// Calls that no tool has answered yet. Ollama's clients often send no ids; OpenAI's wire needs them on both sides.
    private var unanswered: [(id: String, name: String)] = []
    /// Older calls than these are forgotten, so that a hostile body cannot make the search slow.
    private static let unansweredLimit = 256
    private var calls = 0

    static func translate(_ messages: [JSON]) throws(DialectError) -> [JSON] {
        var translator = ChatMessages()
        var translated: [JSON] = []
        translated.reserveCapacity(messages.count)
        for (place, message) in messages.enumerated() {
            let fields = try Fields(message, name: "messages[\(place)]")
            translated.append(.object(try translator.message(fields)))
        }
        return translated
    }

    private mutating func message(_ fields: Fields) throws(DialectError) -> JSONObject {
        guard let role = try fields.string("role")?.lowercased(), !role.isEmpty else {
            throw .invalid("'\(fields.path)role' is missing; use \"system\", \"user\", \"assistant\" or \"tool\"")
        }
        let content = try Images.content(fields.string("content") ?? "", images: fields.array("images") ?? [], path: fields.path)
        var message: JSONObject = ["role": .string(role), "content": content]
        if let thinking = try fields.string("thinking"), !thinking.isEmpty { message.append("reasoning_content", .string(thinking)) }
        if let calls = try fields.array("tool_calls"), !calls.isEmpty {
            message.append("tool_calls", .array(try toolCalls(calls, path: fields.path)))
        }
        if role == "tool" {
            let name = try fields.string("tool_name")
            let id = try fields.string("tool_call_id")
            message.append("tool_call_id", .string(answered(id, name: name)))
            message.append("name", name.map(JSON.string))
        }
        return message
    }

    private mutating func toolCalls(_ calls: [JSON], path: String) throws(DialectError) -> [JSON] {
        var translated: [JSON] = []
        for (place, call) in calls.enumerated() {
            let fields = try Fields(call, name: "\(path)tool_calls[\(place)]")
            let function = Fields(try fields.object("function") ?? [:], path: fields.path + "function.")
            guard let name = try function.string("name"), !name.isEmpty else { throw .invalid("'\(function.path)name' is missing") }
            let arguments = JSON.object(try function.object("arguments") ?? [:])
            let id = try fields.string("id").flatMap { $0.isEmpty ? nil : $0 } ?? "call_\(self.calls)"
            self.calls += 1
            if unanswered.count == Self.unansweredLimit { unanswered.removeFirst() }
            unanswered.append((id, name))
            translated.append(
                ["id": .string(id), "type": "function", "function": ["name": .string(name), "arguments": .string(arguments.text)]])
        }
        return translated
    }

    /// The id of the call that a tool's message answers: its own, else that of the oldest open call of its name, else of any.
    private mutating func answered(_ id: String?, name: String?) -> String {
        if let id, !id.isEmpty {
            unanswered.removeAll { $0.id == id }
            return id
        }
        guard let place = unanswered.firstIndex(where: { $0.name == name }) ?? unanswered.indices.first else { return "call_\(calls)" }
        return unanswered.remove(at: place).id
    }
}
