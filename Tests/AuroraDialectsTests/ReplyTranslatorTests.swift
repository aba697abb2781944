import AuroraDialects
import Foundation
import NIOCore
import Testing

/// An answer under way, with a clock that goes one millisecond further with each piece.
private struct Replay {
    var reply: ReplyTranslator
    var out = ByteBuffer()
    private var milliseconds: UInt64 = 0

    init(_ route: OllamaRoute, _ body: String) throws {
        let outcome = try Translation.translate(route, body: ByteBuffer(string: body), upstreamModel: "up", now: Self.moment(0))
        guard case .forward(let translation) = outcome else { throw DialectError(.failed, "not forwarded") }
        reply = translation.reply
    }

    private static func moment(_ milliseconds: UInt64) -> Moment {
        Moment(nanoseconds: 5_000_000 + milliseconds * 1_000_000, date: Date(timeIntervalSince1970: 0))
    }

    mutating func push(_ piece: ByteBuffer, tick: Bool = true) {
        if tick { milliseconds += 1 }
        reply.push(piece, at: Self.moment(milliseconds), into: &out)
    }

    mutating func push(_ piece: String) { push(ByteBuffer(string: piece)) }

    mutating func finish() -> String {
        milliseconds += 1
        reply.finish(at: Self.moment(milliseconds), into: &out)
        return String(buffer: out)
    }
}

private let chatBody = #"{"model":"Smol","messages":[{"role":"user","content":"hi"}]}"#
private let at = #""model":"Smol","created_at":"1970-01-01T00:00:00.000000000Z""#

private func delta(_ delta: String, finish: String = "null") -> String {
    "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":\(delta),\"finish_reason\":\(finish)}]}\n\n"
}

@Suite struct StreamedReplyTests {
    /// As llama.cpp sends it: content null first, the reason in a chunk of its own, usage and times in another.
    private let llamaCpp = [
        delta(#"{"role":"assistant","content":null}"#), delta(#"{"content":"Hello"}"#), delta(#"{"content":" \"漢\""}"#),
        delta("{}", finish: #""length""#),
        "data: {\"choices\":[],\"usage\":{\"completion_tokens\":3,\"prompt_tokens\":32,\"total_tokens\":35},\"timings\":{\"prompt_ms\":483.965,\"predicted_ms\":162.46}}\n\n",
        "data: [DONE]\n\n",
    ]

    private var llamaCppAsOllama: String {
        """
        {\(at),"message":{"role":"assistant","content":"Hello"},"done":false}
        {\(at),"message":{"role":"assistant","content":" \\"漢\\""},"done":false}
        {\(at),"message":{"role":"assistant","content":""},"done":true,"done_reason":"length","total_duration":6000000,"load_duration":0,\
        "prompt_eval_count":32,"prompt_eval_duration":483965000,"eval_count":3,"eval_duration":162460000}

        """
    }

    @Test func chatComesAsLines() throws {
        var replay = try Replay(.chat, chatBody)
        for piece in llamaCpp { replay.push(piece) }
        #expect(replay.reply.isFinished)
        #expect(replay.reply.failure == nil)
        #expect(replay.reply.usage == TokenUsage(prompt: 32, completion: 3))
        #expect(replay.finish() == llamaCppAsOllama)
    }

    @Test func eachEventMakesItsLineAtOnce() throws {
        var replay = try Replay(.chat, chatBody)
        replay.push(llamaCpp[0])
        #expect(replay.out.readableBytes == 0)
        replay.push(llamaCpp[1])
        #expect(String(buffer: replay.out).hasSuffix("\"done\":false}\n"))
    }

    @Test func everySplitGivesTheSameLines() throws {
        let text = ": ping\r\n\r\n" + llamaCpp.joined().replacingOccurrences(of: "\n", with: "\r\n")
        let bytes = ByteBuffer(string: text)
        for cut in 0...bytes.readableBytes {
            var replay = try Replay(.chat, chatBody)
            for _ in 0..<6 { replay.push(ByteBuffer()) }
            replay.push(bytes.getSlice(at: 0, length: cut) ?? ByteBuffer(), tick: false)
            replay.push(bytes.getSlice(at: cut, length: bytes.readableBytes - cut) ?? ByteBuffer(), tick: false)
            #expect(replay.finish() == llamaCppAsOllama)
        }
        var single = try Replay(.chat, chatBody)
        for place in 0..<bytes.readableBytes { single.push(bytes.getSlice(at: place, length: 1) ?? ByteBuffer(), tick: place < 6) }
        #expect(single.finish() == llamaCppAsOllama)
    }

    @Test func timesAreMeasuredWhenTheEngineTellsNone() throws {
        var replay = try Replay(.chat, chatBody)
        replay.push(delta(#"{"role":"assistant"}"#))
        for _ in 0..<4 { replay.push(delta(#"{"content":"x"}"#)) }
        replay.push(delta("{}", finish: #""stop""#))
        replay.push("data: {\"choices\":[],\"usage\":{\"completion_tokens\":4,\"prompt_tokens\":2}}\n\n")
        let last = try JSON(parsing: String(replay.finish().split(separator: "\n").last ?? ""))
        #expect(last["total_duration"] == 8_000_000)
        #expect(last["prompt_eval_duration"] == 2_000_000)
        #expect(last["eval_duration"] == 3_000_000)
        #expect(last["done_reason"] == "stop")
    }

    @Test func durationOfATokenIsNeverZero() throws {
        var replay = try Replay(.chat, chatBody)
        replay.push(
            delta(#"{"content":"x"}"#, finish: #""stop""#)
                + "data: {\"choices\":[],\"usage\":{\"completion_tokens\":1,\"prompt_tokens\":2}}\n\n")
        #expect(replay.finish().contains(#""eval_duration":1}"#))
    }

    @Test func thinkingIsAFieldOfItsOwn() throws {
        for name in ["reasoning_content", "reasoning"] {
            var replay = try Replay(.chat, chatBody)
            replay.push(delta(#"{"\#(name)":"hm"}"#))
            #expect(
                String(buffer: replay.out)
                    == "{\(at),\"message\":{\"role\":\"assistant\",\"content\":\"\",\"thinking\":\"hm\"},\"done\":false}\n")
        }
        var hidden = try Replay(.chat, #"{"model":"Smol","think":false,"messages":[{"role":"user","content":"hi"}]}"#)
        hidden.push(delta(#"{"reasoning_content":"hm"}"#))
        #expect(hidden.out.readableBytes == 0)
    }

    @Test func toolCallsComeWholeWithTheirKeysInOrder() throws {
        var replay = try Replay(.chat, chatBody)
        replay.push(
            delta(
                #"{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"weather","arguments":""}}]}"#
            ))
        replay.push(delta(#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"z\":1.0,"}}]}"#))
        replay.push(
            delta(
                #"{"tool_calls":[{"index":0,"function":{"arguments":"\"a\":\"Ulm\"}"}},{"index":1,"id":"call_b","function":{"name":"now"}}]}"#
            ))
        replay.push(delta("{}", finish: #""tool_calls""#))
        replay.push("data: [DONE]\n\n")
        let lines = replay.finish().split(separator: "\n").map(String.init)
        #expect(lines.count == 2)
        #expect(
            lines.first
                == #"{\#(at),"message":{"role":"assistant","content":"","tool_calls":[{"id":"call_a","function":{"index":0,"name":"weather","#
                + #""arguments":{"z":1.0,"a":"Ulm"}}},{"id":"call_b","function":{"index":1,"name":"now","arguments":{}}}]},"done":false}"#)
        #expect(lines.last?.contains(#""done":true,"done_reason":"stop""#) == true)
    }

    @Test func callsThatShareAnIndexAreToldApartByTheirIds() throws {
        var replay = try Replay(.chat, chatBody)
        replay.push(delta(#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}]}"#))
        replay.push(delta(#"{"tool_calls":[{"index":0,"id":"b","function":{"name":"g","arguments":{"y":2}}}]}"#, finish: #""tool_calls""#))
        let calls = try JSON(parsing: String(replay.finish().split(separator: "\n").first ?? ""))["message"]?["tool_calls"]
        #expect(calls?[0]?["function"]?["arguments"] == ["x": 1])
        #expect(calls?[1]?["function"]?["arguments"] == ["y": 2])
    }

    @Test func brokenToolArgumentsEndInAnError() throws {
        var replay = try Replay(.chat, chatBody)
        replay.push(delta(#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":"}}]}"#, finish: #""length""#))
        #expect(replay.finish() == #"{"error":"the arguments of the tool call 'f' are not a JSON object: {\"x\":"}"# + "\n")
        #expect(replay.reply.failure?.status == 502)
    }

    @Test func generateAnswersWithResponse() throws {
        var replay = try Replay(.generate, #"{"model":"Smol","prompt":"hi"}"#)
        replay.push(delta(#"{"content":"a","reasoning_content":"t"}"#))
        replay.push(delta("{}", finish: #""stop""#))
        let lines = replay.finish().split(separator: "\n").map(String.init)
        #expect(lines.first == #"{\#(at),"response":"a","thinking":"t","done":false}"#)
        #expect(
            lines.last == #"{\#(at),"response":"","done":true,"done_reason":"stop","total_duration":3000000,"load_duration":0,"#
                + #""prompt_eval_duration":1000000,"eval_duration":0}"#)
    }

    @Test func rawGenerateReadsTheTextOfCompletions() throws {
        var replay = try Replay(.generate, #"{"model":"Smol","prompt":"hi","raw":true}"#)
        replay.push("data: {\"choices\":[{\"text\":\" the\",\"index\":0,\"logprobs\":null,\"finish_reason\":null}]}\n\n")
        replay.push(
            "data: {\"choices\":[{\"text\":\"\",\"index\":0,\"finish_reason\":\"length\"}],\"usage\":{\"completion_tokens\":3,\"prompt_tokens\":2}}\n\n"
        )
        replay.push("data: [DONE]\n\n")
        let lines = replay.finish().split(separator: "\n").map(String.init)
        #expect(lines.first == #"{\#(at),"response":" the","done":false}"#)
        #expect(lines.last?.contains(#""prompt_eval_count":2"#) == true)
    }

    @Test func probabilitiesComeInOllamasShape() throws {
        var chat = try Replay(.chat, #"{"model":"Smol","logprobs":true,"top_logprobs":1,"messages":[{"role":"user","content":"hi"}]}"#)
        chat.push(
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"logprobs\":{\"content\":[{\"id\":5,\"token\":\"Hi\",\"bytes\":[72,105],\"logprob\":-2.50,"
                + "\"top_logprobs\":[{\"id\":5,\"token\":\"Hi\",\"bytes\":[72,105],\"logprob\":-2.50}]}]}}]}\n\n")
        #expect(
            String(buffer: chat.out).contains(
                #""logprobs":[{"token":"Hi","logprob":-2.50,"bytes":[72,105],"top_logprobs":[{"token":"Hi","logprob":-2.50,"bytes":[72,105]}]}]"#
            ))
        var raw = try Replay(.generate, #"{"model":"Smol","prompt":"hi","raw":true,"logprobs":true,"top_logprobs":2}"#)
        raw.push(
            "data: {\"choices\":[{\"text\":\"a\",\"logprobs\":{\"tokens\":[\"a\"],\"token_logprobs\":[-1],\"top_logprobs\":[{\"b\":-2}]}}]}\n\n"
        )
        #expect(String(buffer: raw.out).contains(#""logprobs":[{"token":"a","logprob":-1,"top_logprobs":[{"token":"b","logprob":-2}]}]"#))
    }

    @Test func alternativesThatNobodyAskedForAreLeftOut() throws {
        var chat = try Replay(.chat, #"{"model":"Smol","logprobs":true,"messages":[{"role":"user","content":"hi"}]}"#)
        chat.push(
            "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"logprobs\":{\"content\":[{\"token\":\"a\",\"logprob\":-1,\"top_logprobs\":[{}]}]}}]}\n\n"
        )
        #expect(String(buffer: chat.out).contains(#""logprobs":[{"token":"a","logprob":-1}]"#))
    }

    @Test(arguments: [
        ("data: {\"error\":{\"message\":\"out of memory\",\"code\":500}}\n\n", "out of memory"), ("data: {\"error\":\"gone\"}\n\n", "gone"),
        ("data: nonsense\n\n", "the engine sent something that is not JSON: unexpected 'o' at byte 1"),
        ("", "the engine's answer stopped before its end"),
        ("data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}", "the engine's answer stopped before its end"),
    ])
    func brokenStreamsEndInAnErrorLine(piece: String, message: String) throws {
        var replay = try Replay(.chat, chatBody)
        replay.push(delta(#"{"content":"Hello"}"#))
        replay.push(piece)
        let lines = replay.finish().split(separator: "\n").map(String.init)
        #expect(lines.last == #"{"error":"\#(message)"}"#)
        #expect(replay.reply.failure == DialectError(.upstream, message))
        let length = replay.out.readableBytes
        replay.push(delta(#"{"content":"late"}"#))
        replay.reply.fail("again", into: &replay.out)
        #expect(replay.out.readableBytes == length)
    }

    @Test func brokenConnectionIsTold() throws {
        var replay = try Replay(.chat, chatBody)
        replay.push(delta(#"{"content":"Hello"}"#))
        replay.reply.fail("the engine closed the connection", into: &replay.out)
        #expect(replay.finish().hasSuffix("{\"error\":\"the engine closed the connection\"}\n"))
    }

    @Test(arguments: [#""stop""#, #""length""#, #""tool_calls""#, #""content_filter""#])
    func endWithoutDoneIsAnEndWhenAReasonCame(reason: String) throws {
        var replay = try Replay(.chat, chatBody)
        replay.push(delta(#"{"content":"x"}"#, finish: reason))
        let expected = reason == #""tool_calls""# ? #""stop""# : reason
        #expect(replay.finish().contains("\"done\":true,\"done_reason\":\(expected)"))
    }

    @Test func firstOfSeveralChoicesCounts() throws {
        var replay = try Replay(.chat, chatBody)
        replay.push("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}},{\"delta\":{\"content\":\"b\"}}]}\n\n")
        #expect(String(buffer: replay.out) == "{\(at),\"message\":{\"role\":\"assistant\",\"content\":\"a\"},\"done\":false}\n")
    }

    @Test func thousandMalformedStreamsNeverTrapAndAlwaysEnd() throws {
        var random = SeededRandom(seed: 23)
        let seed = Array(llamaCpp.joined().utf8)
        for _ in 0..<1000 {
            var replay = try Replay(.chat, chatBody)
            replay.push(ByteBuffer(bytes: random.mutated(seed)))
            let lines = replay.finish().split(separator: "\n").map { try? JSON(parsing: String($0)) }
            #expect(replay.reply.isFinished)
            #expect(lines.last??["done"] == true || lines.last??["error"] != nil)
        }
    }
}

@Suite struct WholeReplyTests {
    private let body = #"{"model":"Smol","stream":false,"messages":[{"role":"user","content":"hi"}]}"#

    @Test func chatIsOneDocument() throws {
        var replay = try Replay(.chat, body)
        replay.push(
            #"{"choices":[{"finish_reason":"tool_calls","index":0,"message":{"role":"assistant","content":null,"reasoning_content":"t","#)
        replay.push(#""tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"b\":1,\"a\":2}"}}]}}],"#)
        replay.push(#""usage":{"completion_tokens":4,"prompt_tokens":32},"timings":{"prompt_ms":1.5,"predicted_ms":2}}"#)
        #expect(
            replay.finish()
                == #"{\#(at),"message":{"role":"assistant","content":"","thinking":"t","tool_calls":[{"id":"c","function":{"index":0,"#
                + #""name":"f","arguments":{"b":1,"a":2}}}]},"done":true,"done_reason":"stop","total_duration":4000000,"load_duration":0,"#
                + #""prompt_eval_count":32,"prompt_eval_duration":1500000,"eval_count":4,"eval_duration":2000000}"#)
    }

    @Test(arguments: [
        ("", "the engine sent something that is not JSON: no JSON: the text is empty"), ("{}", "the engine's answer holds no choices"),
        (#"{"error":{"message":"boom"}}"#, "boom"), (#"{"choices":[]}"#, "the engine's answer holds no choices"),
    ])
    func garbageGivesAnErrorBodyWithAStatus(answer: String, message: String) throws {
        var replay = try Replay(.chat, body)
        replay.push(answer)
        #expect(try JSON(parsing: replay.finish()) == ["error": .string(message)])
        #expect(replay.reply.failure == DialectError(.upstream, message))
    }

    @Test func embeddingsComeInTheOrderOfTheInput() throws {
        var replay = try Replay(.embed, #"{"model":"Smol","input":["a","b"]}"#)
        replay.push(
            #"{"data":[{"index":1,"embedding":[0.30,1e-3]},{"index":0,"embedding":[-1,2]}],"usage":{"prompt_tokens":7,"total_tokens":7}}"#)
        #expect(
            replay.finish()
                == #"{"model":"Smol","embeddings":[[-1,2],[0.30,1e-3]],"total_duration":2000000,"load_duration":0,"prompt_eval_count":7}"#)
    }

    @Test func vectorsOfEnginesThatIgnoreDimensionsAreCutToLengthOne() throws {
        var replay = try Replay(.embed, #"{"model":"Smol","input":"a","dimensions":2}"#)
        replay.push(#"{"data":[{"embedding":[3,4,5]}]}"#)
        #expect(try JSON(parsing: replay.finish())["embeddings"] == [[.number("0.6"), .number("0.8")]])
    }

    @Test func olderEmbeddingsAreOneVector() throws {
        var replay = try Replay(.embeddings, #"{"model":"Smol","prompt":"a"}"#)
        replay.push(#"{"data":[{"embedding":[0.5]}]}"#)
        #expect(replay.finish() == #"{"embedding":[0.5]}"#)
    }

    @Test(arguments: [#"{"data":5}"#, #"{"data":[{"embedding":"AAAA"}]}"#, #"{"data":[{"embedding":[null]}]}"#])
    func wrongEmbeddingsAreAnError(answer: String) throws {
        var replay = try Replay(.embed, #"{"model":"Smol","input":"a"}"#)
        replay.push(answer)
        _ = replay.finish()
        #expect(replay.reply.failure?.status == 502)
    }
}

@Suite struct UpstreamErrorTests {
    @Test(arguments: [
        (400, #"{"error":{"code":400,"message":"bad","type":"invalid_request_error"}}"#, 400, "bad"),
        (404, #"{"error":"no model"}"#, 404, "no model"),
        (422, #"{"detail":[{"msg":"x"}]}"#, 422, #"[{"msg":"x"}]"#), (500, #"{"object":"error","message":"vllm"}"#, 500, "vllm"),
        (502, "<html>\n<b>Bad Gateway</b></html>", 502, "the engine answered with status 502: <html> <b>Bad Gateway</b></html>"),
        (503, "", 503, "the engine answered with status 503"),
        (401, #"{"error":{"message":"bad key"}}"#, 502, "the engine refused the key that the gateway has for it: bad key"),
        (302, "", 502, "the engine answered with status 302"),
    ])
    func textIsFoundInEveryShape(status: Int, body: String, expected: Int, message: String) {
        let error = DialectError(upstreamStatus: status, body: ByteBuffer(string: body))
        #expect(error.status == expected)
        #expect(error.message == message)
    }

    @Test func longTextsAreCut() {
        let error = DialectError(upstreamStatus: 500, body: ByteBuffer(string: "{\"error\":\"\(String(repeating: "x", count: 5000))\"}"))
        #expect(error.message.count == 2002)
    }
}
