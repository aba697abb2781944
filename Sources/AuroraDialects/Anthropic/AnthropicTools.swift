/// `tools` and `tool_choice` of Anthropic's wire.
enum AnthropicTools {
    static func append(_ fields: Fields, to request: inout JSONObject) throws(DialectError) {
        let tools = try fields.array("tools") ?? []
        var translated: [JSON] = []
        for (place, tool) in tools.enumerated() { translated.append(try self.tool(Fields(tool, name: "tools[\(place)]"))) }
        if !translated.isEmpty { request.append("tools", .array(translated)) }
        guard let choice = try fields.object("tool_choice") else { return }
        let wanted = Fields(choice, path: "tool_choice.")
        request.append("tool_choice", try self.choice(wanted))
        if try wanted.bool("disable_parallel_tool_use") == true { request.append("parallel_tool_calls", false) }
    }

    private static func tool(_ fields: Fields) throws(DialectError) -> JSON {
        if let type = try fields.string("type"), type != "custom" {
            throw .invalid("'\(fields.path)type' is '\(type)'; only tools of the client's own, with an 'input_schema', can be used here")
        }
        guard let name = try fields.string("name"), !name.isEmpty else { throw .invalid("'\(fields.path)name' is missing") }
        guard let schema = try fields.object("input_schema") else { throw .invalid("'\(fields.path)input_schema' is missing") }
        var function: JSONObject = ["name": .string(name)]
        function.append("description", try fields.string("description").map { .string($0) })
        function.append("parameters", .object(schema))
        function.append("strict", try fields.bool("strict").map { .bool($0) })
        return ["type": "function", "function": .object(function)]
    }

    private static func choice(_ fields: Fields) throws(DialectError) -> JSON {
        switch try fields.string("type") {
        case "auto": return "auto"
        case "any": return "required"
        case "none": return "none"
        case "tool":
            guard let name = try fields.string("name"), !name.isEmpty else { throw .invalid("'tool_choice.name' is missing") }
            return ["type": "function", "function": ["name": .string(name)]]
        case let type: throw .invalid("'tool_choice.type' is '\(type ?? "")'; use \"auto\", \"any\", \"tool\" or \"none\"")
        }
    }
}
