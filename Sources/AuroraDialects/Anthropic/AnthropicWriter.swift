import NIOCore

/// Writes the events and the document of `/v1/messages`.
struct AnthropicWriter: FaceWriter {
    let id: String
    /// The name that the client used.
    let model: String
    let showsThinking: Bool

    func begin(into out: inout ByteBuffer) {
        let open = message([], [.init("stop_reason", .null), .init("stop_sequence", .null)], ChatUsage())
        event("message_start", ["message": open], &out)
        event("ping", [:], &out)
    }

    func open(_ item: AnswerItem, at index: Int, into out: inout ByteBuffer) {
        let block: JSON =
            switch item.kind {
            case .text: ["type": "text", "text": ""]
            case .thinking: ["type": "thinking", "thinking": "", "signature": ""]
            case .call(let id, let name): ["type": "tool_use", "id": .string(id), "name": .string(name), "input": [:]]
            }
        event("content_block_start", ["index": .int(index), "content_block": block], &out)
    }

    func grow(_ item: AnswerItem, by text: String, at index: Int, into out: inout ByteBuffer) {
        let delta: JSON =
            switch item.kind {
            case .text: ["type": "text_delta", "text": .string(text)]
            case .thinking: ["type": "thinking_delta", "thinking": .string(text)]
            case .call: ["type": "input_json_delta", "partial_json": .string(text)]
            }
        event("content_block_delta", ["index": .int(index), "delta": delta], &out)
    }

    func close(_ item: AnswerItem, at index: Int, into out: inout ByteBuffer) {
        event("content_block_stop", ["index": .int(index)], &out)
    }

    func end(_ answer: Answer, into out: inout ByteBuffer) {
        let delta = JSON.object(JSONObject(members: AnthropicShape.stop(answer)))
        event("message_delta", ["delta": delta, "usage": AnthropicShape.usage(answer.usage)], &out)
        event("message_stop", [:], &out)
    }

    func fail(_ error: DialectError, _ answer: Answer, into out: inout ByteBuffer) {
        out.writeEvent("error", AnthropicShape.error(error, requestID: nil))
    }

    func error(_ error: DialectError) -> ByteBuffer { AnthropicShape.error(error, requestID: nil).bytes }

    func whole(_ answer: Answer) throws(DialectError) -> JSON {
        var blocks: [JSON] = []
        for item in answer.items { blocks.append(try Self.block(item)) }
        return message(blocks, AnthropicShape.stop(answer), answer.usage)
    }

    private static func block(_ item: AnswerItem) throws(DialectError) -> JSON {
        switch item.kind {
        case .text: return ["type": "text", "text": .string(item.text)]
        case .thinking: return ["type": "thinking", "thinking": .string(item.text), "signature": ""]
        case .call(let id, let name):
            let input = item.text.allSatisfy(\.isWhitespace) ? [:] : try? JSON(parsing: item.text)
            guard let input, input.object != nil else {
                throw DialectError(
                    .upstream, "the arguments of the tool call '\(name)' are not a JSON object: \(item.text.prefix(200))")
            }
            return ["type": "tool_use", "id": .string(id), "name": .string(name), "input": input]
        }
    }

    private func message(_ content: [JSON], _ stop: [JSONObject.Member], _ usage: ChatUsage) -> JSON {
        let head: [JSONObject.Member] = [
            .init("id", .string("msg_" + id)), .init("type", "message"), .init("role", "assistant"), .init("model", .string(model)),
            .init("content", .array(content)),
        ]
        return .object(JSONObject(members: head + stop + [.init("usage", AnthropicShape.usage(usage))]))
    }

    private func event(_ type: String, _ members: JSONObject, _ out: inout ByteBuffer) {
        out.writeEvent(type, .object(JSONObject(members: [.init("type", .string(type))] + members.members)))
    }
}

extension ByteBuffer {
    /// One server-sent event with a name.
    mutating func writeEvent(_ name: String, _ data: JSON) {
        writeStaticString("event: ")
        writeString(name)
        writeStaticString("\ndata: ")
        data.write(into: &self)
        writeStaticString("\n\n")
    }
}
