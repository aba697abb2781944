/// Turns `input` into messages.
struct ResponsesInput {
    private var messages: [JSON] = []

    static func translate(_ input: JSON?, instructions: String?) throws(DialectError) -> [JSON] {
        var translator = ResponsesInput()
        if let instructions, !instructions.isEmpty {
            translator.messages.append(["role": "system", "content": .string(instructions)])
        }
        switch input {
        case .string(let text): translator.messages.append(["role": "user", "content": .string(text)])
        case .array(let items) where !items.isEmpty:
            for (place, item) in items.enumerated() { try translator.add(Fields(item, name: "input[\(place)]")) }
        case nil, .array: throw .invalid("'input' is missing or empty; send a text or a list of items")
        case let other?: throw .invalid("'input' must be a string or an array, not \(other.kindInWords)")
        }
        return translator.messages
    }

    private mutating func add(_ item: Fields) throws(DialectError) {
        switch try item.string("type") ?? "message" {
        case "message": messages.append(try Self.message(item))
        case "function_call": addCall(try Self.call(item))
        case "function_call_output": messages.append(try Self.output(item))
        // What a model thought is not given back to it.
        case "reasoning": return
        case "item_reference":
            throw .invalid("'\(item.path)id' refers to an item of an earlier response; none is kept here, send the item itself")
        case let type:
            throw .invalid(
                "'\(item.path)type' is '\(type)', which is not supported here: only message, function_call, function_call_output and reasoning"
            )
        }
    }

    /// Calls that stand side by side, or behind a text of the assistant's, belong to one message.
    private mutating func addCall(_ call: JSON) {
        guard var last = messages.last?.object, last["role"] == "assistant" else {
            return messages.append(["role": "assistant", "content": "", "tool_calls": [call]])
        }
        last["tool_calls"] = .array((last["tool_calls"]?.array ?? []) + [call])
        messages[messages.count - 1] = .object(last)
    }

    private static func call(_ item: Fields) throws(DialectError) -> JSON {
        let function: JSON = ["name": .string(try required("name", item)), "arguments": .string(try required("arguments", item))]
        return ["id": .string(try required("call_id", item)), "type": "function", "function": function]
    }

    private static func output(_ item: Fields) throws(DialectError) -> JSON {
        guard let output = item["output"] else { throw .invalid("'\(item.path)output' is missing") }
        let parts = try self.parts(output, name: item.path + "output")
        guard let text = Self.text(parts) else { throw .invalid("'\(item.path)output' holds an image; send it in a user's message") }
        return ["role": "tool", "tool_call_id": .string(try required("call_id", item)), "content": .string(text)]
    }

    private static func message(_ item: Fields) throws(DialectError) -> JSON {
        guard let content = item["content"] else { throw .invalid("'\(item.path)content' is missing") }
        let parts = try self.parts(content, name: item.path + "content")
        let text = Self.text(parts)
        switch try item.string("role") {
        case "user": return ["role": "user", "content": text.map(JSON.string) ?? .array(parts)]
        case "assistant", "system", "developer":
            guard let text else { throw .invalid("'\(item.path)content' holds an image; only a user's message can") }
            return ["role": item["role"] == "assistant" ? "assistant" : "system", "content": .string(text)]
        case let role: throw .invalid("'\(item.path)role' is '\(role ?? "")'; use \"user\", \"assistant\", \"system\" or \"developer\"")
        }
    }

    /// The parts as one string; nil when there are others than text.
    private static func text(_ parts: [JSON]) -> String? {
        let texts = parts.compactMap { $0["text"]?.string }
        return texts.count == parts.count ? texts.joined(separator: "\n") : nil
    }

    private static func parts(_ content: JSON, name: String) throws(DialectError) -> [JSON] {
        if content.string != nil { return [["type": "text", "text": content]] }
        guard let blocks = content.array else { throw .invalid("'\(name)' must be a string or an array, not \(content.kindInWords)") }
        var parts: [JSON] = []
        for (place, block) in blocks.enumerated() { parts.append(try part(Fields(block, name: "\(name)[\(place)]"))) }
        return parts
    }

    private static func part(_ fields: Fields) throws(DialectError) -> JSON {
        switch try fields.string("type") {
        case "input_text", "output_text", "text": return ["type": "text", "text": .string(try required("text", fields))]
        case "refusal": return ["type": "text", "text": .string(try required("refusal", fields))]
        case "input_image":
            guard let url = try fields.string("image_url") else {
                throw .invalid("'\(fields.path)image_url' is missing; no files are kept here, send the image as a \"data:\" URL")
            }
            var image: JSONObject = ["url": .string(url)]
            image.append("detail", try fields.string("detail").map { .string($0) })
            return ["type": "image_url", "image_url": .object(image)]
        case let type:
            throw .invalid(
                "'\(fields.path)type' is '\(type ?? "")', which is not supported here: only input_text, output_text and input_image")
        }
    }

    private static func required(_ key: String, _ fields: Fields) throws(DialectError) -> String {
        guard let value = try fields.string(key) else { throw .invalid("'\(fields.path)\(key)' is missing") }
        return value
    }
}
