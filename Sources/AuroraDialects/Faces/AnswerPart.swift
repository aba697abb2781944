/// What one event of chat.completions says.
enum AnswerPart: Sendable, Equatable {
    case thinking(String)
    case text(String)
    case call(id: String, name: String)
    /// Of the call that began last.
    case arguments(String)
}

/// Reads the documents of a chat.completions answer, streamed or whole, into parts.
struct AnswerPartReader: Sendable {
    private static let callLimit = 256

    /// Makes the ids of calls to which the engine gave none.
    private let id: String
    private var calls: [(index: Int, id: String)] = []
    private(set) var finishReason: String?
    private(set) var stopSequence: String?
    private(set) var usage = ChatUsage()

    init(id: String) {
        self.id = id
    }

    mutating func read(_ document: JSON) throws(DialectError) -> [AnswerPart] {
        if let counts = document["usage"], counts.object != nil { usage = ChatUsage(counts) }
        guard let choice = document["choices"]?[0] else { return [] }
        let piece = OpenAIPiece(choice, alternatives: 0)
        finishReason = piece.finishReason ?? finishReason
        // vLLM and SGLang tell it under these names.
        stopSequence = choice["stop_reason"]?.string ?? choice["matched_stop"]?.string ?? stopSequence
        var parts: [AnswerPart] = []
        if !piece.thinking.isEmpty { parts.append(.thinking(piece.thinking)) }
        let refusal = (choice["delta"] ?? choice["message"])?["refusal"]?.string ?? ""
        if !(piece.content + refusal).isEmpty { parts.append(.text(piece.content + refusal)) }
        for fragment in piece.toolCalls { parts += try call(fragment) }
        return parts
    }

    private mutating func call(_ fragment: JSON) throws(DialectError) -> [AnswerPart] {
        let function = fragment["function"]
        let id = fragment["id"]?.string ?? ""
        // Most send a string in pieces; some the finished object.
        let arguments = function?["arguments"].map { $0.string ?? ($0.isNull ? "" : $0.text) } ?? ""
        let rest: [AnswerPart] = arguments.isEmpty ? [] : [.arguments(arguments)]
        if try continuesLast(index: fragment["index"]?.int, id: id) { return rest }
        guard let name = function?["name"]?.string, !name.isEmpty else {
            throw DialectError(.upstream, "the engine sent a tool call without a name")
        }
        guard calls.count < Self.callLimit else { throw DialectError(.upstream, "the engine sent over \(Self.callLimit) tool calls") }
        let known = id.isEmpty ? "call_\(self.id)_\(calls.count)" : id
        calls.append((fragment["index"]?.int ?? calls.count, known))
        return [.call(id: known, name: name)] + rest
    }

    /// Some engines number every call 0, so another id is another call. None mixes the pieces of two calls.
    private func continuesLast(index: Int?, id: String) throws(DialectError) -> Bool {
        guard let last = calls.last else { return false }
        if id.isEmpty ? index == nil || index == last.index : id == last.id { return true }
        guard id.isEmpty, calls.contains(where: { $0.index == index }) else { return false }
        throw DialectError(.upstream, "the engine went back to a tool call that it had ended")
    }
}
