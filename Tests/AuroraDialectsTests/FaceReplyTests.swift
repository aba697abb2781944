import AuroraDialects
import Foundation
import NIOCore
import Testing

private let messages =
    #"{"model":"m","max_tokens":9,"stream":true,"thinking":{"type":"enabled"},"messages":[{"role":"user","content":"x"}]}"#
private let messagesWhole = messages.replacing("\"stream\":true,", with: "")
private let response = #"{"model":"m","stream":true,"input":"x","tools":[{"type":"function","name":"weather"}],"metadata":{"a":"b"}}"#
private let responseWhole = response.replacing("\"stream\":true,", with: "")

private func bodies(_ face: Face) -> (stream: String, whole: String) {
    face == .anthropic ? (messages, messagesWhole) : (response, responseWhole)
}

/// The data of each event, its name checked against the `type` in it.
private func events(_ text: String) throws -> [JSON] {
    var parser = SSEParser()
    let events = try parser.push(ByteBuffer(string: text))
    #expect(parser.finish() == nil)
    return try events.map { event in
        let data = try JSON(parsing: event.data)
        #expect(data["type"]?.string == event.event)
        return data
    }
}

@Suite struct AnthropicReplyTests {
    @Test func theStreamHasEveryEventOfTheWire() throws {
        #expect(
            try Face.anthropic.answer(
                messages, chatEvent(chatRole) + chatText("Hi") + chatEvent("{}", finish: #""stop""#) + richUsage + chatDone)
                    == """
                    event: message_start
                    data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],\
                    "stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":0,"cache_creation_input_tokens":0,\
                    "cache_read_input_tokens":0,"output_tokens":0}}}

                    event: ping
                    data: {"type":"ping"}

                    event: content_block_start
                    data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

                    event: content_block_delta
                    data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}

                    event: content_block_stop
                    data: {"type":"content_block_stop","index":0}

                    event: message_delta
                    data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":8,\
                    "cache_creation_input_tokens":0,"cache_read_input_tokens":12,"output_tokens":9}}

                    event: message_stop
                    data: {"type":"message_stop"}


                    """)
    }

    @Test func thinkingTextAndToolsAreBlocksInTheirOrder() throws {
        let all = try events(Face.anthropic.answer(messages, richAnswer))
        let starts = all.filter { $0["type"] == "content_block_start" }
        #expect(starts.map { $0["content_block"]?["type"] } == ["thinking", "text", "tool_use", "tool_use"])
        #expect(starts.map { $0["index"] } == [0, 1, 2, 3])
        #expect(starts[2]["content_block"] == ["type": "tool_use", "id": "call_a", "name": "weather", "input": [:]])
        let pieces = all.compactMap { $0["delta"]?["partial_json"]?.string }
        #expect(pieces == [#"{"city":"#, #""Rome"}"#, "{}"])
        #expect(all.last { $0["type"] == "message_delta" }?["delta"]?["stop_reason"] == "tool_use")
    }

    @Test func aWholeAnswerIsOneMessage() throws {
        #expect(
            try Face.anthropic.answer(messagesWhole, richWhole) == """
                {"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"thinking","thinking":"hm","signature":""},\
                {"type":"text","text":"Let me look."},{"type":"tool_use","id":"call_a","name":"weather","input":{"city":"Rome"}},\
                {"type":"tool_use","id":"call_b","name":"time","input":{}}],"stop_reason":"tool_use","stop_sequence":null,\
                "usage":{"input_tokens":8,"cache_creation_input_tokens":0,"cache_read_input_tokens":12,"output_tokens":9}}
                """)
    }

    @Test func thinkingThatNobodyAskedForIsNotShown() throws {
        let plain = messages.replacing(#""thinking":{"type":"enabled"},"#, with: "")
        #expect(try !Face.anthropic.answer(plain, richAnswer).contains("thinking"))
        let whole = try JSON(parsing: Face.anthropic.answer(plain.replacing("\"stream\":true,", with: ""), richWhole))
        #expect(whole["content"]?[0]?["type"] == "text")
    }

    @Test(arguments: [
        (#""finish_reason":"length""#, JSON.string("max_tokens"), JSON.null), (#""finish_reason":"content_filter""#, "refusal", .null),
        (#""finish_reason":"stop","stop_reason":"END""#, "stop_sequence", "END"),
        (#""finish_reason":"stop","matched_stop":"END""#, "stop_sequence", "END"),
        (#""finish_reason":"stop","stop_reason":2"#, "end_turn", .null),
    ]) func theReasonOfTheEndIsTold(_ fields: String, _ reason: JSON, _ sequence: JSON) throws {
        let whole = try JSON(
            parsing: Face.anthropic.answer(messagesWhole, #"{"choices":[{"message":{"role":"assistant","content":"x"},\#(fields)}]}"#))
        #expect(whole["stop_reason"] == reason)
        #expect(whole["stop_sequence"] == sequence)
    }

    @Test func aBeginningThatTheEngineRepeatsIsTakenOut() throws {
        let body = #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"{"}]}"#
        for content in ["{\\\"a\\\":1}", "\\\"a\\\":1}"] {
            let whole = try Face.anthropic.answer(
                body, "{\"choices\":[{\"message\":{\"content\":\"\(content)\"},\"finish_reason\":\"stop\"}]}")
            #expect(try JSON(parsing: whole)["content"]?[0]?["text"] == #""a":1}"#)
        }
    }
}

@Suite struct ResponsesReplyTests {
    @Test func theStreamHasEveryEventOfTheWireInTurn() throws {
        let all = try events(Face.responses.answer(response, richAnswer))
        #expect(all.map { $0["sequence_number"]?.int } == Array(0..<all.count))
        #expect(
            all.compactMap { $0["type"]?.string?.replacing("response.", with: "") } == [
                "created", "in_progress",
                "output_item.added", "content_part.added", "reasoning_text.delta", "reasoning_text.done", "content_part.done",
                "output_item.done",
                "output_item.added", "content_part.added", "output_text.delta", "output_text.delta", "output_text.done",
                "content_part.done", "output_item.done",
                "output_item.added", "function_call_arguments.delta", "function_call_arguments.delta", "function_call_arguments.done",
                "output_item.done",
                "output_item.added", "function_call_arguments.delta", "function_call_arguments.done", "output_item.done",
                "completed",
            ])
    }

    @Test func theStreamEndsWithTheWholeResponse() throws {
        let last = try events(Face.responses.answer(response, richAnswer)).last?["response"]
        #expect(try last == JSON(parsing: Face.responses.answer(responseWhole, richWhole)))
        #expect(
            last?["output"]?[2] == [
                "id": "fc_1_2", "type": "function_call", "status": "completed", "call_id": "call_a", "name": "weather",
                "arguments": #"{"city":"Rome"}"#,
            ])
        #expect(last?["status"] == "completed")
        #expect(last?["tools"] == [["type": "function", "name": "weather"]])
        #expect(last?["metadata"] == ["a": "b"])
        #expect(
            last?["usage"] == [
                "input_tokens": 20, "input_tokens_details": ["cached_tokens": 12, "cache_write_tokens": 0], "output_tokens": 9,
                "output_tokens_details": ["reasoning_tokens": 4], "total_tokens": 29,
            ])
    }

    @Test(arguments: [("length", "max_output_tokens"), ("content_filter", "content_filter")])
    func anAnswerCutShortIsIncomplete(_ reason: String, _ told: String) throws {
        let answer = chatText("Once") + chatEvent("{}", finish: "\"\(reason)\"") + chatDone
        let last = try events(Face.responses.answer(response, answer)).last
        #expect(last?["type"] == "response.incomplete")
        #expect(last?["response"]?["incomplete_details"] == ["reason": .string(told)])
        #expect(last?["response"]?["output"]?[0]?["status"] == "incomplete")
    }
}

@Suite struct FaceReplyTests {
    @Test(arguments: Face.allCases) func everySplitGivesTheSame(_ face: Face) throws {
        let (stream, whole) = bodies(face)
        let expected = try face.answer(stream, richAnswer)
        for size in 1...60 { #expect(try face.answer(stream, richAnswer, size: size) == expected) }
        #expect(try face.answer(whole, richWhole, size: 1) == face.answer(whole, richWhole))
    }

    @Test(arguments: Face.allCases) func eachEventIsWrittenAtOnce(_ face: Face) throws {
        var reply = try face.translate(bodies(face).stream).reply
        var out = ByteBuffer()
        reply.push(ByteBuffer(string: chatEvent(chatRole) + chatText("now")), into: &out)
        #expect(String(buffer: out).contains("\"now\""))
        #expect(!reply.isFinished)
    }

    @Test func anEngineThatDiesIsToldInTheStream() throws {
        for (face, type) in [(Face.anthropic, "error"), (.responses, "response.failed")] {
            var reply = try face.translate(bodies(face).stream).reply
            var out = ByteBuffer()
            reply.push(ByteBuffer(string: chatText("half")), into: &out)
            reply.fail(DialectError(.upstream, "it died"), into: &out)
            let last = try events(String(buffer: out)).last
            #expect(last?["type"] == .string(type))
            #expect((last?["error"] ?? last?["response"]?["error"])?["message"] == "it died")
            #expect(reply.failure?.status == 502)
            out.clear()
            reply.push(ByteBuffer(string: chatText("late")), into: &out)
            #expect(out.readableBytes == 0)
        }
    }

    @Test(arguments: Face.allCases) func anErrorBeforeTheFirstEventIsABody(_ face: Face) throws {
        let error = DialectError(.overloaded, "full")
        var reply = try face.translate(bodies(face).stream).reply
        var out = ByteBuffer()
        reply.fail(error, into: &out)
        #expect(out == face.error(error))
        var streaming = try face.translate(bodies(face).stream).reply
        streaming.isStreaming = true
        out.clear()
        streaming.fail(error, into: &out)
        #expect(try events(String(buffer: out)).count > 1)
    }

    @Test(arguments: Face.allCases) func aStreamThatStopsIsAnError(_ face: Face) throws {
        var reply = try face.translate(bodies(face).stream).reply
        #expect(reply.all(chatText("half")).contains("the engine's answer stopped before its end"))
        #expect(reply.failure?.kind == .upstream)
        var finished = try face.translate(bodies(face).stream).reply
        _ = finished.all(chatText("all") + chatEvent("{}", finish: #""stop""#))
        #expect(finished.failure == nil)
    }

    @Test(arguments: [
        "{", "[]", "{}", #"{"error":{"message":"no"}}"#, #"{"choices":[]}"#, #"{"choices":[{"message":{"tool_calls":[{}]}}]}"#,
    ]) func aWholeAnswerThatIsNoneIsAnError(_ upstream: String) throws {
        for face in Face.allCases {
            var reply = try face.translate(bodies(face).whole).reply
            let body = reply.all(upstream)
            #expect(reply.failure?.status == 502)
            #expect(try JSON(parsing: body)["error"] != nil)
        }
    }

    @Test(arguments: Face.allCases) func callsWithoutIdsGetThem(_ face: Face) throws {
        let call = #"{"tool_calls":[{"index":0,"function":{"name":"f","arguments":{"a":1}}}]}"#
        let text = try face.answer(bodies(face).stream, chatEvent(call) + chatEvent("{}", finish: #""tool_calls""#) + chatDone)
        #expect(text.contains("\"call_1_0\""))
        #expect(text.contains(#"{\"a\":1}"#))
    }

    @Test(arguments: Face.allCases) func callsThatAllHaveTheSameNumberAreKeptApart(_ face: Face) throws {
        let calls = ["a", "b"].map { chatEvent(#"{"tool_calls":[{"index":0,"id":"\#($0)","function":{"name":"f","arguments":"{}"}}]}"#) }
        let text = try face.answer(bodies(face).stream, calls.joined() + chatEvent("{}", finish: #""tool_calls""#) + chatDone)
        #expect(text.contains("\"a\"") && text.contains("\"b\""))
        let mixed = chatEvent(
            #"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f"}},{"index":1,"id":"b","function":{"name":"g"}}]}"#)
        let back = chatEvent(#"{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}"#)
        #expect(try face.answer(bodies(face).stream, mixed + back).contains("went back to a tool call"))
    }

    @Test(arguments: Face.allCases) func garbageIsOnlyEverAnError(_ face: Face) throws {
        var random = SeededRandom(seed: 11)
        let (stream, whole) = bodies(face)
        for round in 0..<500 {
            let body = round % 2 == 0 ? stream : whole
            let mutated = ByteBuffer(bytes: random.mutated(Array(body.utf8)))
            var reply: FaceReply
            do throws(DialectError) {
                reply = try face.translate(mutated, id: "1", created: 7).reply
            } catch {
                #expect(error.status == 400)
                reply = try face.translate(body).reply
            }
            let answer = random.mutated(Array((round % 2 == 0 ? richAnswer : richWhole).utf8))
            _ = reply.all(String(decoding: answer, as: UTF8.self), size: 1000)
            #expect(reply.isFinished)
        }
    }
}

@Suite struct WebImageTests {
    private func body(_ image: String) -> ByteBuffer {
        ByteBuffer(string: #"{"messages":[{"role":"user","content":[{"type":"image_url","image_url":\#(image)}]}]}"#)
    }

    private func refuse(_ body: ByteBuffer) throws { try body.withUnsafeReadableBytes { try WebImages.refuse(in: $0) } }

    @Test(arguments: [
        #""https://x/y.png""#, #"{"url":"HTTP://x/y.png"}"#, #"{"detail":"low", "url" : "https:\/\/x\/y.png"}"#,
    ])
    func anAddressIsRefused(_ image: String) {
        #expect(throws: DialectError.self) { try refuse(body(image)) }
    }

    @Test func theRefusalSaysWhatToSend() {
        #expect(
            throws: DialectError.invalid(
                "'messages[0].content[0].image_url' is 'https://x/y.png'; the engine of this model fetches nothing from the web, send the image itself as \"data:image/png;base64,…\""
            )
        ) { try refuse(body(#"{"url":"https://x/y.png"}"#)) }
    }

    @Test(arguments: [#"{"url":"data:image/png;base64,aGk="}"#, "3", "null", "{}", #""""#, #""\"image_url\":\"https://x""#])
    func whatIsNoAddressIsLeftToTheEngine(_ image: String) throws {
        try refuse(body(image))
        try refuse(ByteBuffer(string: "\"image_url\" https://"))
        try refuse(ByteBuffer(string: "\"image_url\":{\"url\""))
        try refuse(ByteBuffer())
    }
}
