import AuroraDialects
import NIOCore
import Testing

private func request(_ messages: String, _ more: String = "") -> String {
    #"{"model":"m","max_tokens":9,"messages":["# + messages + "]" + (more.isEmpty ? "" : "," + more) + "}"
}

private let hi = #"{"role":"user","content":"hi"}"#

@Suite struct AnthropicRequestTests {
    @Test func plainTextBecomesAChat() throws {
        let face = try Face.anthropic.translate(
            request(hi, #""system":"be brief","temperature":0.70,"top_p":1,"top_k":5,"stop_sequences":["x"],"metadata":{"user_id":"u"}"#))
        #expect(
            String(buffer: face.body) == """
                {"model":"m","messages":[{"role":"system","content":"be brief"},{"role":"user","content":"hi"}],"max_tokens":9,\
                "temperature":0.70,"top_p":1,"top_k":5,"stop":["x"],"stream":false}
                """)
        #expect(face.model == "m")
        #expect(!face.streams)
    }

    @Test func aStreamIsAskedForWithItsUsage() throws {
        let chat = try Face.anthropic.chat(request(hi, #""stream":true"#))
        #expect(chat["stream"] == true)
        #expect(chat["stream_options"]?["include_usage"] == true)
    }

    @Test func blocksBecomeParts() throws {
        let content = """
            {"role":"user","content":[{"type":"text","text":"look","cache_control":{"type":"ephemeral"}},\
            {"type":"image","source":{"type":"base64","media_type":"image/png","data":"aGk="}},\
            {"type":"image","source":{"type":"url","url":"https://x/y.png"}},\
            {"type":"document","title":"T","source":{"type":"text","media_type":"text/plain","data":"words"}}]}
            """
        let chat = try Face.anthropic.chat(request(content, #""system":[{"type":"text","text":"a"},{"type":"text","text":"b"}]"#))
        #expect(chat["messages"]?[0] == ["role": "system", "content": "a\nb"])
        #expect(
            chat["messages"]?[1]?["content"] == [
                ["type": "text", "text": "look"], ["type": "image_url", "image_url": ["url": "data:image/png;base64,aGk="]],
                ["type": "image_url", "image_url": ["url": "https://x/y.png"]], ["type": "text", "text": "T\nwords"],
            ])
    }

    @Test func toolsGoThereAndBack() throws {
        let turns = """
            \(hi),{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":""},{"type":"text","text":"ok"},\
            {"type":"tool_use","id":"a","name":"f","input":{"b":1.50,"a":2}},{"type":"tool_use","id":"b","name":"g","input":{}}]},\
            {"role":"user","content":[{"type":"text","text":"go on"},{"type":"tool_result","tool_use_id":"a","content":"fine"},\
            {"type":"tool_result","tool_use_id":"b","is_error":true,"content":[{"type":"text","text":"no"}]}]}
            """
        let tools = #""tools":[{"name":"f","description":"d","input_schema":{"type":"object"}}],"tool_choice":{"type":"tool","name":"f"}"#
        let chat = try Face.anthropic.chat(request(turns, tools))
        #expect(
            chat["messages"]?[1] == [
                "role": "assistant", "content": "ok",
                "tool_calls": [
                    ["id": "a", "type": "function", "function": ["name": "f", "arguments": #"{"b":1.50,"a":2}"#]],
                    ["id": "b", "type": "function", "function": ["name": "g", "arguments": "{}"]],
                ],
            ])
        #expect(chat["messages"]?[2] == ["role": "tool", "tool_call_id": "a", "content": "fine"])
        #expect(chat["messages"]?[3] == ["role": "tool", "tool_call_id": "b", "content": "Error: no"])
        #expect(chat["messages"]?[4] == ["role": "user", "content": "go on"])
        #expect(
            chat["tools"] == [["type": "function", "function": ["name": "f", "description": "d", "parameters": ["type": "object"]]]])
        #expect(chat["tool_choice"] == ["type": "function", "function": ["name": "f"]])
    }

    @Test(arguments: [("auto", "auto"), ("any", "required"), ("none", "none")]) func choicesHaveOtherNames(_ ours: String, _ theirs: String)
        throws
    {
        let chat = try Face.anthropic.chat(request(hi, #""tool_choice":{"type":"\#(ours)","disable_parallel_tool_use":true}"#))
        #expect(chat["tool_choice"] == .string(theirs))
        #expect(chat["parallel_tool_calls"] == false)
    }

    @Test func thinkingEffortAndFormArePassedOn() throws {
        let schema = #"{"type":"object","properties":{"b":{},"a":{}}}"#
        let chat = try Face.anthropic.chat(
            request(
                hi,
                #""thinking":{"type":"disabled"},"output_config":{"effort":"max","format":{"type":"json_schema","schema":\#(schema)}}"#))
        #expect(chat["chat_template_kwargs"] == ["enable_thinking": false])
        #expect(chat["reasoning_effort"] == "high")
        #expect(chat["response_format"]?["json_schema"]?["schema"]?.text == schema)
    }

    @Test func aBeginningOfTheAnswerIsMarked() throws {
        let chat = try Face.anthropic.chat(request(hi + #",{"role":"assistant","content":"{"}"#))
        #expect(chat["continue_final_message"] == true)
        #expect(try Face.anthropic.chat(request(hi))["continue_final_message"] == nil)
    }

    @Test(arguments: [
        (#"{"max_tokens":9,"messages":[]}"#, "model is required"),
        (#"{"model":"m","messages":[]}"#, "'max_tokens' is missing; say how many tokens the answer may have"),
        (#"{"model":"m","max_tokens":0,"messages":[]}"#, "'max_tokens' must be at least 1, it is 0"),
        (#"{"model":"m","max_tokens":"9","messages":[]}"#, "'max_tokens' must be an integer, not a string"),
        (request(""), "'messages' is empty; send at least one message"),
        (request("3"), "'messages[0]' must be an object, not a number"),
        (request(#"{"role":"tool","content":"x"}"#), "'messages[0].role' is 'tool'; use \"user\" or \"assistant\""),
        (request(#"{"role":"user"}"#), "'messages[0].content' is missing"),
        (request(#"{"role":"user","content":3}"#), "'messages[0].content' must be a string or an array, not a number"),
        (request(#"{"role":"user","content":[{}]}"#), "'messages[0].content[0].type' is missing"),
        (request(#"{"role":"user","content":[{"type":"text"}]}"#), "'messages[0].content[0].text' is missing"),
        (
            request(#"{"role":"user","content":[{"type":"document","source":{"type":"base64","data":""}}]}"#),
            "'messages[0].content[0].source.type' is 'base64', which is not supported here: only documents of text; send the text of a PDF or of a web page"
        ),
        (
            request(#"{"role":"user","content":[{"type":"image","source":{"type":"file","file_id":"f"}}]}"#),
            "'messages[0].content[0].source.type' is 'file', which is not supported here: only base64 and url"
        ),
        (request(#"{"role":"user","content":[{"type":"tool_result"}]}"#), "'messages[0].content[0].tool_use_id' is missing"),
        (
            request(hi, #""tools":[{"type":"web_search_20250305","name":"web_search"}]"#),
            "'tools[0].type' is 'web_search_20250305'; only tools of the client's own, with an 'input_schema', can be used here"
        ),
        (request(hi, #""tools":[{"name":"f"}]"#), "'tools[0].input_schema' is missing"),
        (request(hi, #""tool_choice":{"type":"x"}"#), "'tool_choice.type' is 'x'; use \"auto\", \"any\", \"tool\" or \"none\""),
        (request(hi, #""temperature":"hot""#), "'temperature' must be a number, not a string"),
        (request(hi, #""stop_sequences":[1]"#), "'stop_sequences' must be an array of strings"),
        (request(hi, #""thinking":{"type":"x"}"#), "'thinking.type' is 'x'; use \"enabled\", \"adaptive\" or \"disabled\""),
        (
            request(hi, #""mcp_servers":[{}]"#),
            "'mcp_servers' are not reached from here; let the client call them and offer their tools under 'tools'"
        ),
        ("", "missing request body"), ("[]", "invalid request body: a JSON object is needed, starting at byte 0"),
    ]) func whatCannotBeDoneIsRefusedInWords(_ body: String, _ words: String) {
        #expect(Face.anthropic.refusal(body) == words)
    }

    @Test func errorsHaveAnthropicsShape() {
        let error = DialectError(.overloaded, "full")
        #expect(
            String(buffer: Face.anthropic.error(error, requestID: "r")) == """
                {"type":"error","error":{"type":"overloaded_error","message":"full"},"request_id":"r"}
                """)
        #expect(String(buffer: Face.responses.error(error)) == String(buffer: OpenAIShape.error(error)))
    }

    @Test(arguments: [
        (401, "authentication_error"), (403, "permission_error"), (404, "not_found_error"), (413, "request_too_large"),
        (429, "rate_limit_error"), (500, "api_error"), (502, "api_error"), (503, "overloaded_error"), (504, "timeout_error"),
    ]) func eachStatusHasItsType(_ status: Int, _ type: String) throws {
        let body = Face.anthropic.error(DialectError(.init(status: status), "x"))
        #expect(try JSON(parsing: body)["error"]?["type"] == .string(type))
    }
}
