import AuroraDialects
import AuroraModel
import NIOCore

/// A request to `/v1/chat/completions` on its way from a personality to a model. Fields that are not known here survive.
struct PersonalityRequest: Sendable {
    let personality: Personality
    private let fields: JSONObject

    static let prefix = "personality:"

    init(_ fields: Fields, among library: PersonalityLibrary) throws {
        let model = try fields.requiredText("model")
        guard let messages = fields.object["messages"], let list = messages.array, !list.isEmpty else {
            throw AuroraError(
                .invalid, "field 'messages' is \(fields.object["messages"]?.shown ?? "missing"), not a list with messages",
                hint: "send [{\"role\": \"user\", \"content\": \"…\"}]")
        }
        personality = try Self.personality(model, among: library)
        self.fields = fields.object
    }

    /// `personality:NAME` or plain NAME.
    static func personality(_ model: String, among library: PersonalityLibrary) throws -> Personality {
        do {
            return try library.personality(model.hasPrefix(prefix) ? String(model.dropFirst(prefix.count)) : model)
        } catch {
            throw AuroraError(
                .notFound, "model '\(model.shortened)' not found: here each personality is a model", hint: (error as? AuroraError)?.hint)
        }
    }

    /// The body for the gateway: this model, the system prompt in front, the personality's settings where the client has none.
    func body(model: String) -> ByteBuffer {
        var body = fields
        body["model"] = .string(model)
        if !personality.systemPrompt.isEmpty {
            let system: JSON = ["role": "system", "content": .string(personality.systemPrompt)]
            body["messages"] = .array([system] + (fields["messages"]?.array ?? []))
        }
        if isUnset("temperature"), let temperature = personality.temperature { body["temperature"] = .double(temperature) }
        if isUnset("max_tokens"), isUnset("max_completion_tokens"), let limit = personality.maxTokens { body["max_tokens"] = .int(limit) }
        return JSON.object(body).bytes
    }

    private func isUnset(_ key: String) -> Bool { fields[key]?.isNull ?? true }
}
