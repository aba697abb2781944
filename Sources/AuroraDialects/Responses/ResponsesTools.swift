/// `tools` and `tool_choice` of the Responses API, which lacks one level of nesting.
enum ResponsesTools {
    static func translate(_ tools: [JSON]) throws(DialectError) -> JSON? {
        guard !tools.isEmpty else { return nil }
        var translated: [JSON] = []
        for (place, tool) in tools.enumerated() { translated.append(try self.tool(Fields(tool, name: "tools[\(place)]"))) }
        return .array(translated)
    }

    static func choice(_ choice: JSON?) throws(DialectError) -> JSON? {
        switch choice {
        case nil: return nil
        case .string("auto"), .string("none"), .string("required"): return choice
        case .object(let object) where object["type"] == "function":
            guard let name = try Fields(object, path: "tool_choice.").string("name") else {
                throw .invalid("'tool_choice.name' is missing")
            }
            return ["type": "function", "function": ["name": .string(name)]]
        case let other?:
            throw .invalid(
                "'tool_choice' is \(other.text.prefix(200)); use \"auto\", \"none\", \"required\" or {\"type\": \"function\", \"name\": …}")
        }
    }

    private static func tool(_ fields: Fields) throws(DialectError) -> JSON {
        let type = try fields.string("type")
        guard type == "function" else {
            throw .invalid("'\(fields.path)type' is '\(type ?? "")'; only \"function\" tools, which the client runs, can be used here")
        }
        guard let name = try fields.string("name"), !name.isEmpty else { throw .invalid("'\(fields.path)name' is missing") }
        var function: JSONObject = ["name": .string(name)]
        function.append("description", try fields.string("description").map { .string($0) })
        function.append("parameters", try fields.object("parameters").map { .object($0) })
        function.append("strict", try fields.bool("strict").map { .bool($0) })
        return ["type": "function", "function": .object(function)]
    }
}
