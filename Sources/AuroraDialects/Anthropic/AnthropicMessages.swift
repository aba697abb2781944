/// Turns messages of content blocks into those of chat.completions.
enum AnthropicMessages {
    static func translate(system: JSON?, _ messages: [JSON]) throws(DialectError) -> [JSON] {
        guard !messages.isEmpty else { throw .invalid("'messages' is empty; send at least one message") }
        var translated: [JSON] = []
        if let system { translated.append(["role": "system", "content": .string(try AnthropicBlocks.text(system, name: "system"))]) }
        for (place, message) in messages.enumerated() {
            let fields = try Fields(message, name: "messages[\(place)]")
            guard let content = fields["content"] else { throw .invalid("'\(fields.path)content' is missing") }
            let name = fields.path + "content"
            switch try fields.string("role") {
            case "user": translated += try user(content, name: name)
            case "assistant": translated.append(try assistant(content, name: name))
            case "system": translated.append(["role": "system", "content": .string(try AnthropicBlocks.text(content, name: name))])
            case let role: throw .invalid("'\(fields.path)role' is '\(role ?? "")'; use \"user\" or \"assistant\"")
            }
        }
        return translated
    }

    /// A user's message may answer tool calls; on the other wire each answer is a message of its own, right behind the calls.
    private static func user(_ content: JSON, name: String) throws(DialectError) -> [JSON] {
        if content.string != nil { return [["role": "user", "content": content]] }
        var results: [JSON] = []
        var parts: [JSON] = []
        for block in try AnthropicBlocks.all(content, name: name) {
            guard block.type == "tool_result" else {
                parts.append(try AnthropicBlocks.part(block))
                continue
            }
            let (result, images) = try toolResult(block)
            results.append(result)
            parts += images
        }
        guard !parts.isEmpty else { return results }
        return results + [["role": "user", "content": AnthropicBlocks.content(parts)]]
    }

    /// The tool's message, and the images of the result, which only a user's message can hold.
    private static func toolResult(_ block: AnthropicBlock) throws(DialectError) -> (JSON, images: [JSON]) {
        guard let id = try block.fields.string("tool_use_id"), !id.isEmpty else {
            throw .invalid("'\(block.fields.path)tool_use_id' is missing")
        }
        var parts: [JSON] = []
        if let content = block.fields["content"] { parts = try AnthropicBlocks.parts(content, name: block.fields.path + "content") }
        let text = parts.compactMap { $0["text"]?.string }.joined(separator: "\n")
        let failed = try block.fields.bool("is_error") == true
        let message: JSON = [
            "role": "tool", "tool_call_id": .string(id), "content": .string(failed && !text.hasPrefix("Error") ? "Error: " + text : text),
        ]
        return (message, parts.filter { $0["text"] == nil })
    }

    private static func assistant(_ content: JSON, name: String) throws(DialectError) -> JSON {
        if content.string != nil { return ["role": "assistant", "content": content] }
        var text = ""
        var calls: [JSON] = []
        for block in try AnthropicBlocks.all(content, name: name) {
            switch block.type {
            case "text": text += try block.required("text")
            case "tool_use": calls.append(try call(block))
            // What a model thought is not given back to it.
            case "thinking", "redacted_thinking": continue
            default: throw block.refused("in an answer only text, thinking and tool_use")
            }
        }
        var message: JSONObject = ["role": "assistant", "content": .string(text)]
        if !calls.isEmpty { message.append("tool_calls", .array(calls)) }
        return .object(message)
    }

    private static func call(_ block: AnthropicBlock) throws(DialectError) -> JSON {
        let input = JSON.object(try block.fields.object("input") ?? [:])
        let function: JSON = ["name": .string(try block.required("name")), "arguments": .string(input.text)]
        return ["id": .string(try block.required("id")), "type": "function", "function": function]
    }
}
