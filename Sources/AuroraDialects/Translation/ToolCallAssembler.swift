/// Puts together the tool calls that OpenAI's wire sends in pieces. Ollama's clients get each whole, with its arguments as an
/// object whose keys stand in the order in which the model wrote them.
struct ToolCallAssembler {
    private static let callLimit = 256
    private static let argumentsLimit = 8 << 20

    private struct Call {
        let index: Int
        let id: String
        var name: String
        var arguments: String
    }

    private var calls: [Call] = []
    private var argumentBytes = 0

    var isEmpty: Bool { calls.isEmpty }

    mutating func add(_ fragment: JSON) throws(DialectError) {
        let function = fragment["function"]
        let id = fragment["id"]?.string ?? ""
        let name = function?["name"]?.string ?? ""
        // Most send a string in pieces; some the finished object.
        let arguments = function?["arguments"].map { $0.string ?? ($0.isNull ? "" : $0.text) } ?? ""
        argumentBytes += arguments.utf8.count
        guard argumentBytes <= Self.argumentsLimit else { throw DialectError(.upstream, "the engine sent tool calls over 8 MiB") }
        if let place = place(index: fragment["index"]?.int, id: id) {
            if calls[place].name.isEmpty { calls[place].name = name }
            calls[place].arguments += arguments
            return
        }
        guard calls.count < Self.callLimit else { throw DialectError(.upstream, "the engine sent over \(Self.callLimit) tool calls") }
        calls.append(Call(index: fragment["index"]?.int ?? calls.count, id: id, name: name, arguments: arguments))
    }

    /// The call that a fragment goes on with. Some engines number every call 0, so another id is another call.
    private func place(index: Int?, id: String) -> Int? {
        guard let place = index.map({ index in calls.lastIndex { $0.index == index } }) ?? calls.indices.last else { return nil }
        return id.isEmpty || calls[place].id == id ? place : nil
    }

    /// All calls in Ollama's shape.
    func ollama() throws(DialectError) -> [JSON] {
        var whole: [JSON] = []
        for (place, call) in calls.enumerated() {
            let arguments = try Self.object(call)
            var translated: JSONObject = [:]
            if !call.id.isEmpty { translated.append("id", .string(call.id)) }
            translated.append("function", ["index": .int(place), "name": .string(call.name), "arguments": .object(arguments)])
            whole.append(.object(translated))
        }
        return whole
    }

    private static func object(_ call: Call) throws(DialectError) -> JSONObject {
        if call.arguments.allSatisfy(\.isWhitespace) { return [:] }
        guard let arguments = (try? JSON(parsing: call.arguments))?.object else {
            throw DialectError(
                .upstream, "the arguments of the tool call '\(call.name)' are not a JSON object: \(call.arguments.prefix(200))")
        }
        return arguments
    }
}
