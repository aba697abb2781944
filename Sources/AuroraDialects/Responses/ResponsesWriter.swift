import NIOCore

/// Writes the events and the document of `/v1/responses`.
struct ResponsesWriter: FaceWriter {
    let id: String
    let created: Int
    let response: ResponseObject
    private var sequence = 0

    init(id: String, created: Int, response: ResponseObject) {
        self.id = id
        self.created = created
        self.response = response
    }

    /// A kind of item of its own here, which clients skip that do not know it.
    var showsThinking: Bool { true }

    mutating func begin(into out: inout ByteBuffer) {
        let begun = response.json(id: id, created: created, .inProgress)
        event("response.created", ["response": begun], &out)
        event("response.in_progress", ["response": begun], &out)
    }

    mutating func open(_ item: AnswerItem, at index: Int, into out: inout ByteBuffer) {
        let opened = self.item(AnswerItem(kind: item.kind), at: index, status: "in_progress", empty: true)
        event("response.output_item.added", ["output_index": .int(index), "item": opened], &out)
        guard let part = Self.part(AnswerItem(kind: item.kind)) else { return }
        event("response.content_part.added", place(item, index, [.init("part", part)]), &out)
    }

    mutating func grow(_ item: AnswerItem, by text: String, at index: Int, into out: inout ByteBuffer) {
        event(Self.name(item) + ".delta", place(item, index, [.init("delta", .string(text))] + Self.logprobs(item)), &out)
    }

    mutating func close(_ item: AnswerItem, at index: Int, into out: inout ByteBuffer) {
        let text: [JSONObject.Member]
        if case .call(_, let name) = item.kind {
            text = [.init("name", .string(name)), .init("arguments", .string(item.text))]
        } else {
            text = [.init("text", .string(item.text))]
        }
        event(Self.name(item) + ".done", place(item, index, text + Self.logprobs(item)), &out)
        if let part = Self.part(item) { event("response.content_part.done", place(item, index, [.init("part", part)]), &out) }
        let done = self.item(item, at: index, status: "completed")
        event("response.output_item.done", ["output_index": .int(index), "item": done], &out)
    }

    mutating func end(_ answer: Answer, into out: inout ByteBuffer) {
        let status = ResponseObject.status(answer)
        event("response.\(status.rawValue)", ["response": json(answer, status)], &out)
    }

    mutating func fail(_ error: DialectError, _ answer: Answer, into out: inout ByteBuffer) {
        let code: JSON = error.kind == .rateLimited ? "rate_limit_exceeded" : "server_error"
        let failed = json(answer, .failed, error: ["code": code, "message": .string(error.message)])
        event("response.failed", ["response": failed], &out)
    }

    func error(_ error: DialectError) -> ByteBuffer { OpenAIShape.error(error) }

    func whole(_ answer: Answer) -> JSON { json(answer, ResponseObject.status(answer)) }

    private func json(_ answer: Answer, _ status: ResponseObject.Status, error: JSON = .null) -> JSON {
        let last = answer.items.count - 1
        let items = answer.items.enumerated().map { index, item in
            self.item(item, at: index, status: status != .completed && index == last ? "incomplete" : "completed")
        }
        return response.json(id: id, created: created, status, output: items, error: error, answer)
    }
}

// MARK: - items

extension ResponsesWriter {
    /// `empty` leaves out the parts, which are added by events of their own.
    private func item(_ item: AnswerItem, at index: Int, status: JSON, empty: Bool = false) -> JSON {
        let content: JSON = empty ? [] : .array([Self.part(item)].compactMap { $0 })
        let id = JSON.string(itemID(item, index))
        switch item.kind {
        case .text: return ["id": id, "type": "message", "status": status, "role": "assistant", "content": content]
        case .thinking: return ["id": id, "type": "reasoning", "status": status, "summary": [], "content": content]
        case .call(let callID, let name):
            return [
                "id": id, "type": "function_call", "status": status, "call_id": .string(callID), "name": .string(name),
                "arguments": .string(item.text),
            ]
        }
    }

    private static func part(_ item: AnswerItem) -> JSON? {
        switch item.kind {
        case .text: ["type": "output_text", "text": .string(item.text), "annotations": [], "logprobs": []]
        case .thinking: ["type": "reasoning_text", "text": .string(item.text)]
        case .call: nil
        }
    }

    private static func name(_ item: AnswerItem) -> String {
        switch item.kind {
        case .text: "response.output_text"
        case .thinking: "response.reasoning_text"
        case .call: "response.function_call_arguments"
        }
    }

    private static func logprobs(_ item: AnswerItem) -> [JSONObject.Member] {
        item.kind == .text ? [.init("logprobs", [])] : []
    }

    private func itemID(_ item: AnswerItem, _ index: Int) -> String {
        switch item.kind {
        case .text: "msg_\(id)_\(index)"
        case .thinking: "rs_\(id)_\(index)"
        case .call: "fc_\(id)_\(index)"
        }
    }

    /// Where something belongs, and then what it is.
    private func place(_ item: AnswerItem, _ index: Int, _ members: [JSONObject.Member]) -> JSONObject {
        var place: JSONObject = ["item_id": .string(itemID(item, index)), "output_index": .int(index)]
        if Self.part(item) != nil { place.append("content_index", 0) }
        return JSONObject(members: place.members + members)
    }

    private mutating func event(_ type: String, _ members: JSONObject, _ out: inout ByteBuffer) {
        let head: [JSONObject.Member] = [.init("type", .string(type)), .init("sequence_number", .int(sequence))]
        sequence += 1
        out.writeEvent(type, .object(JSONObject(members: head + members.members)))
    }
}
