import AuroraDialects
import Foundation
import NIOCore
import Testing

private let now = Moment(nanoseconds: 1000, date: Date(timeIntervalSince1970: 0))

private func translate(_ route: OllamaRoute, _ body: String) throws(DialectError) -> Translation.Outcome {
    try Translation.translate(route, body: ByteBuffer(string: body), upstreamModel: "up", now: now)
}

private func forwarded(_ route: OllamaRoute, _ body: String) throws -> Translation {
    guard case .forward(let translation) = try translate(route, body) else { throw NotForwarded() }
    return translation
}

private struct NotForwarded: Error {}

@Suite struct ChatRequestTests {
    @Test func smallestRequestStreamsAndAsksForUsage() throws {
        let translation = try forwarded(.chat, #"{"model":"m","messages":[{"role":"USER","content":"hi"}]}"#)
        #expect(translation.path == "/v1/chat/completions")
        #expect(translation.streams)
        #expect(translation.reply.contentType == "application/x-ndjson")
        #expect(
            String(buffer: translation.body) == #"{"model":"up","messages":[{"role":"user","content":"hi"}],"stream":true,"#
                + #""stream_options":{"include_usage":true}}"#)
    }

    @Test func optionsGetTheirOtherNamesAndKeepTheirSpelling() throws {
        let translation = try forwarded(
            .chat,
            #"""
            {"model":"m","stream":false,"messages":[{"role":"user","content":"hi"}],"keep_alive":"5m","options":{"temperature":0.70,"top_p":1,
            "top_k":40.0,"min_p":0.05,"seed":-1,"stop":["a","b"],"num_predict":12,"repeat_penalty":1.10,"presence_penalty":0.5,
            "frequency_penalty":0,"num_ctx":4096,"use_mmap":true,"repeat_last_n":64,"wat":{}}}
            """#)
        #expect(!translation.streams)
        #expect(translation.reply.contentType == "application/json")
        #expect(
            String(buffer: translation.body)
                == #"{"model":"up","messages":[{"role":"user","content":"hi"}],"stream":false,"temperature":0.70,"#
                + #""top_p":1,"top_k":40,"min_p":0.05,"seed":-1,"stop":["a","b"],"max_tokens":12,"repeat_penalty":1.10,"#
                + #""repetition_penalty":1.10,"presence_penalty":0.5,"frequency_penalty":0,"repeat_last_n":64}"#)
    }

    @Test(arguments: ["-1", "-2", "0"]) func noPositiveNumPredictIsNoLimit(value: String) throws {
        let body = #"{"model":"m","messages":[{"role":"user","content":"hi"}],"options":{"num_predict":\#(value)}}"#
        #expect(try JSON(parsing: forwarded(.chat, body).body)["max_tokens"] == nil)
    }

    @Test(
        arguments: [
            (#""format":"json""#, "response_format", #"{"type":"json_object"}"#),
            (
                #""format":{"type":"object","properties":{"z":{},"a":{}}}"#, "response_format",
                #"{"type":"json_schema","json_schema":{"name":"schema","schema":{"type":"object","properties":{"z":{},"a":{}}},"strict":true}}"#
            ),
            (#""format":"""#, "response_format", nil), (#""format":null"#, "response_format", nil),
            (#""think":true"#, "chat_template_kwargs", #"{"enable_thinking":true}"#),
            (#""think":false"#, "chat_template_kwargs", #"{"enable_thinking":false}"#), (#""think":"low""#, "reasoning_effort", #""low""#),
            (#""think":"max""#, "reasoning_effort", #""high""#), (#""logprobs":true"#, "logprobs", "true"),
            (#""logprobs":true,"top_logprobs":3"#, "top_logprobs", "3"), (#""logprobs":true"#, "top_logprobs", "1"),
            (#""logprobs":false,"top_logprobs":3"#, "top_logprobs", nil),
            (#""tools":[]"#, "tools", nil),
            (
                #""tools":[{"function":{"name":"f","parameters":{"b":1,"a":2}}}]"#, "tools",
                #"[{"type":"function","function":{"name":"f","parameters":{"b":1,"a":2}}}]"#
            ),
        ] as [(String, String, String?)])
    func fieldsAreTranslated(field: String, name: String, expected: String?) throws {
        let body = #"{"model":"m","messages":[{"role":"user","content":"hi"}],\#(field)}"#
        #expect(try JSON(parsing: forwarded(.chat, body).body)[name]?.text == expected)
    }

    @Test func toolCallsBecomeStringsThatKeepTheirKeys() throws {
        let translation = try forwarded(
            .chat,
            #"""
            {"model":"m","messages":[{"role":"user","content":"w?"},
            {"role":"assistant","content":"","thinking":"hm","tool_calls":[{"function":{"name":"weather","arguments":{"z":1.0,"city":"Ulm","a":[]}}},
            {"id":"own","function":{"index":1,"name":"time","arguments":{}}}]},
            {"role":"tool","tool_name":"time","content":"12"},{"role":"tool","tool_name":"weather","content":"sun"},
            {"role":"tool","content":"late","tool_call_id":"x9"}]}
            """#)
        let messages = try JSON(parsing: translation.body)["messages"]
        #expect(
            messages?[1]?.text
                == #"{"role":"assistant","content":"","reasoning_content":"hm","tool_calls":[{"id":"call_0","type":"function","#
                + #""function":{"name":"weather","arguments":"{\"z\":1.0,\"city\":\"Ulm\",\"a\":[]}"}},{"id":"own","type":"function","#
                + #""function":{"name":"time","arguments":"{}"}}]}"#)
        #expect(messages?[2]?.text == #"{"role":"tool","content":"12","tool_call_id":"own","name":"time"}"#)
        #expect(messages?[3]?.text == #"{"role":"tool","content":"sun","tool_call_id":"call_0","name":"weather"}"#)
        #expect(messages?[4]?.text == #"{"role":"tool","content":"late","tool_call_id":"x9"}"#)
    }

    @Test(arguments: [
        ("iVBORw0KGgoAAAA=", "png"), ("/9j/4AAQ", "jpeg"), ("R0lGODlhAQAB", "gif"), ("UklGRgAA", "webp"), ("Qk0eAAAA", "bmp"),
    ])
    func imagesBecomeDataURLs(base64: String, kind: String) throws {
        let body = #"{"model":"m","messages":[{"role":"user","content":"see","images":["\#(base64)"]}]}"#
        let content = try JSON(parsing: forwarded(.chat, body).body)["messages"]?[0]?["content"]
        #expect(
            content?.text
                == #"[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"data:image/\#(kind);base64,\#(base64)"}}]"#)
    }

    @Test(arguments: [
        ("", "missing request body"), ("[]", "invalid request body: a JSON object is needed, starting at byte 0"),
        ("{", "invalid request body: unexpected end of JSON at byte 1"), ("{}", "model is required"),
        (#"{"model":""}"#, "model is required"),
        (#"{"model":5}"#, "'model' must be a string, not a number"),
        (#"{"model":"m","stream":"yes"}"#, "'stream' must be true or false, not a string"),
        (#"{"model":"m","messages":{}}"#, "'messages' must be an array, not an object"),
        (#"{"model":"m","messages":["hi"]}"#, "'messages[0]' must be an object, not a string"),
        (
            #"{"model":"m","messages":[{"content":"x"}]}"#,
            "'messages[0].role' is missing; use \"system\", \"user\", \"assistant\" or \"tool\""
        ),
        (#"{"model":"m","messages":[{"role":"user","content":["x"]}]}"#, "'messages[0].content' must be a string, not an array"),
        (#"{"model":"m","options":{"temperature":"hot"}}"#, "option \"temperature\" must be of type float32"),
        (#"{"model":"m","options":{"top_k":true}}"#, "option \"top_k\" must be of type integer"),
        (#"{"model":"m","options":{"seed":1e99}}"#, "option \"seed\" must be of type integer"),
        (#"{"model":"m","options":{"num_ctx":"4k"}}"#, "option \"num_ctx\" must be of type integer"),
        (#"{"model":"m","options":{"use_mmap":1}}"#, "option \"use_mmap\" must be of type boolean"),
        (#"{"model":"m","options":{"stop":"x"}}"#, "option \"stop\" must be of type array"),
        (#"{"model":"m","options":{"stop":[1]}}"#, "option \"stop\" must be of an array of strings"),
        (#"{"model":"m","format":"xml"}"#, "invalid format: \"xml\"; expected \"json\" or a valid JSON Schema object"),
        (
            #"{"model":"m","think":"lots"}"#,
            "invalid think value: \"lots\" (must be \"high\", \"medium\", \"low\", \"max\", true, or false)"
        ),
        (#"{"model":"m","top_logprobs":21}"#, "top_logprobs must be between 0 and 20"),
        (#"{"model":"m","tools":[{}]}"#, "'tools[0].function' is missing"),
        (
            #"{"model":"m","messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}]}"#,
            "'messages[0].tool_calls[0].function.arguments' must be an object, not a string"
        ),
        (#"{"model":"m","messages":[{"role":"assistant","tool_calls":[{}]}]}"#, "'messages[0].tool_calls[0].function.name' is missing"),
        (
            #"{"model":"m","messages":[{"role":"user","images":["data:image/png;base64,iVBORw0KGgo="]}]}"#,
            "'messages[0].images[0]' is not base64; send the bytes of the image in base64, without \"data:\" and no web address"
        ),
        (
            #"{"model":"m","messages":[{"role":"user","images":["AAAA"]}]}"#,
            "'messages[0].images[0]' is not a PNG, JPEG, GIF, WebP or BMP image"
        ),
        (#"{"model":"m","messages":[{"role":"user","images":[5]}]}"#, "'messages[0].images[0]' must be a base64 string, not a number"),
        (
            #"{"model":"m","keep_alive":"soon"}"#,
            "keep_alive is \"soon\"; use seconds (300), a duration (\"5m\", \"1h30m\"), -1 for ever or 0 to unload"
        ),
    ])
    func wrongRequestsAreRefused(body: String, message: String) {
        #expect(throws: DialectError(.invalidRequest, message)) { try translate(.chat, body) }
    }

    @Test(arguments: [
        ("", LocalAnswer.Reason.load, "load"), (#","messages":[],"keep_alive":-1"#, .load, "load"),
        (#","keep_alive":0"#, .unload, "unload"),
        (#","messages":[],"keep_alive":"0s""#, .unload, "unload"),
    ])
    func emptyMessagesLoadOrUnload(fields: String, reason: LocalAnswer.Reason, word: String) throws {
        guard case .answer(let answer) = try translate(.chat, #"{"model":"m"\#(fields)}"#) else { throw NotForwarded() }
        #expect(answer.reason == reason)
        #expect(
            String(buffer: answer.body) == #"{"model":"m","created_at":"1970-01-01T00:00:00.000000000Z","message":{"role":"assistant","#
                + #""content":""},"done":true,"done_reason":"\#(word)"}"#)
    }

    @Test func thousandMalformedBodiesGiveTypedErrorsOnly() {
        var random = SeededRandom(seed: 11)
        let seed = Array(
            #"""
            {"model":"m","messages":[{"role":"user","content":"hi","images":["/9j/4AAQ"]},{"role":"assistant","tool_calls":[{"function":
            {"name":"f","arguments":{"b":1}}}]},{"role":"tool","content":"x","tool_name":"f"}],"options":{"temperature":0.5,"stop":["a"]},
            "format":"json","think":"low","keep_alive":"5m","input":["a"],"prompt":"p","suffix":"","tools":[{"function":{}}],"dimensions":3}
            """#.utf8)
        var refused = 0
        for round in 0..<1000 {
            let route = OllamaRoute.allCases[round % OllamaRoute.allCases.count]
            do throws(DialectError) {
                let outcome = try Translation.translate(route, body: ByteBuffer(bytes: random.mutated(seed)), upstreamModel: "up", now: now)
                if case .forward(let translation) = outcome { #expect((try? JSON(parsing: translation.body)) != nil) }
            } catch {
                refused += 1
                #expect(error.status == 400)
                #expect(!error.message.isEmpty)
            }
        }
        #expect(refused > 300)
    }
}

@Suite struct GenerateRequestTests {
    @Test func promptBecomesAChat() throws {
        let translation = try forwarded(.generate, #"{"model":"m","prompt":"why?","system":"be short","images":["/9j/4AAQ"],"think":true}"#)
        #expect(translation.path == "/v1/chat/completions")
        #expect(
            String(buffer: translation.body)
                == #"{"model":"up","messages":[{"role":"system","content":"be short"},{"role":"user","content":["#
                + #"{"type":"text","text":"why?"},{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,/9j/4AAQ"}}]}],"stream":true,"#
                + #""stream_options":{"include_usage":true},"chat_template_kwargs":{"enable_thinking":true}}"#)
    }

    @Test(arguments: [(#""raw":true"#, ""), (#""suffix":"end""#, #""suffix":"end","#)])
    func rawAndSuffixGoToTheCompletions(field: String, expected: String) throws {
        let translation = try forwarded(.generate, #"{"model":"m","prompt":"once","stream":false,"logprobs":true,\#(field)}"#)
        #expect(translation.path == "/v1/completions")
        #expect(String(buffer: translation.body) == #"{"model":"up","prompt":"once","stream":false,\#(expected)"logprobs":1}"#)
    }

    @Test(arguments: [
        (#""raw":true,"system":"x""#, "raw mode does not support template, system, or context"),
        (#""raw":true,"context":[1]"#, "raw mode does not support template, system, or context"),
        (
            #""template":"{{ .Prompt }}""#,
            "'template' is not supported by the engine of this model; leave it out, or send the whole prompt with \"raw\": true"
        ),
        (#""context":[1,2]"#, "'context' is not supported by the engine of this model; send the earlier turns to /api/chat"),
        (#""suffix":"x","system":"y""#, "'system' cannot go with 'suffix' on the engine of this model"),
        (#""raw":true,"images":["/9j/4AAQ"]"#, "'images' cannot go with 'raw' or 'suffix' on the engine of this model"),
        (#""raw":"yes""#, "'raw' must be true or false, not a string"),
        (#""images":["x"]"#, "'images[0]' is not base64; send the bytes of the image in base64, without \"data:\" and no web address"),
    ])
    func whatTheEngineCannotDoIsRefused(field: String, message: String) {
        #expect(throws: DialectError(.invalidRequest, message)) { try translate(.generate, #"{"model":"m","prompt":"p",\#(field)}"#) }
    }

    @Test func emptyPromptLoads() throws {
        guard case .answer(let answer) = try translate(.generate, #"{"model":"m","context":[],"template":""}"#) else {
            throw NotForwarded()
        }
        #expect(
            String(buffer: answer.body)
                == #"{"model":"m","created_at":"1970-01-01T00:00:00.000000000Z","response":"","done":true,"done_reason":"load"}"#)
    }
}

@Suite struct EmbedRequestTests {
    @Test(arguments: [
        (
            OllamaRoute.embed, #"{"model":"m","input":"a","truncate":true,"dimensions":2}"#,
            #"{"model":"up","input":["a"],"encoding_format":"float","dimensions":2}"#
        ),
        (.embed, #"{"model":"m","input":["a",""]}"#, #"{"model":"up","input":["a",""],"encoding_format":"float"}"#),
        (.embeddings, #"{"model":"m","prompt":"a"}"#, #"{"model":"up","input":"a","encoding_format":"float"}"#),
    ])
    func isForwarded(route: OllamaRoute, body: String, expected: String) throws {
        let translation = try forwarded(route, body)
        #expect(translation.path == "/v1/embeddings")
        #expect(!translation.streams)
        #expect(String(buffer: translation.body) == expected)
    }

    @Test(arguments: [
        (OllamaRoute.embed, #"{"model":"m","input":[]}"#, #"{"model":"m","embeddings":[]}"#),
        (.embed, #"{"model":"m"}"#, #"{"model":"m","embeddings":[]}"#),
        (.embed, #"{"model":"m","input":""}"#, #"{"model":"m","embeddings":[]}"#),
        (.embeddings, #"{"model":"m","prompt":""}"#, #"{"embedding":[]}"#),
    ])
    func nothingToEmbedIsAnsweredAtOnce(route: OllamaRoute, body: String, expected: String) throws {
        guard case .answer(let answer) = try translate(route, body) else { throw NotForwarded() }
        #expect(answer.reason == .nothingToEmbed)
        #expect(String(buffer: answer.body) == expected)
    }

    @Test(arguments: [
        (#"{"model":"m","input":5}"#, "invalid input type: 'input' must be a string or an array of strings"),
        (#"{"model":"m","input":["a",5]}"#, "invalid input type: 'input' must be a string or an array of strings"),
        (#"{"model":"m","input":"a","dimensions":-1}"#, "'dimensions' must not be negative, it is -1"),
        (#"{"input":"a"}"#, "model is required"),
        (#"{"model":"m","input":"a","truncate":3}"#, "'truncate' must be true or false, not a number"),
    ])
    func wrongRequestsAreRefused(body: String, message: String) {
        #expect(throws: DialectError(.invalidRequest, message)) { try translate(.embed, body) }
    }

    @Test(
        arguments: [
            ("/api/chat", OllamaRoute.chat), ("/api/embeddings", .embeddings), ("/api/tags", nil), ("/v1/chat", nil), ("/api/", nil),
        ] as [(String, OllamaRoute?)])
    func routesAreFoundByPath(path: String, route: OllamaRoute?) {
        #expect(OllamaRoute(path: path) == route)
    }
}
