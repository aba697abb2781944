/// `tools` has the same shape on both wires; only a missing `type` is filled in.
enum Tools {
    static func translate(_ tools: [JSON]) throws(DialectError) -> JSON? {
        guard !tools.isEmpty else { return nil }
        var translated: [JSON] = []
        for (place, tool) in tools.enumerated() {
            let fields = try Fields(tool, name: "tools[\(place)]")
            guard try fields.object("function") != nil else { throw .invalid("'\(fields.path)function' is missing") }
            let type = fields["type"] == nil ? [JSONObject.Member("type", "function")] : []
            translated.append(.object(JSONObject(members: type + fields.object.members.filter { !($0.key == "type" && $0.value.isNull) })))
        }
        return .array(translated)
    }
}
