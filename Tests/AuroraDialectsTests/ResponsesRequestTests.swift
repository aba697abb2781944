import AuroraDialects
import NIOCore
import Testing

private func request(_ input: String, _ more: String = "") -> String {
    #"{"model":"m","input":"# + input + (more.isEmpty ? "" : "," + more) + "}"
}

@Suite struct ResponsesRequestTests {
    @Test func aTextBecomesAChat() throws {
        let body = request(
            #""hi""#, #""instructions":"be brief","max_output_tokens":9,"temperature":0.70,"store":true,"reasoning":{"effort":"low"}"#)
        #expect(
            String(buffer: try Face.responses.translate(body).body) == """
                {"model":"m","messages":[{"role":"system","content":"be brief"},{"role":"user","content":"hi"}],"max_tokens":9,\
                "temperature":0.70,"reasoning_effort":"low","stream":false}
                """)
    }

    @Test func itemsBecomeMessages() throws {
        let items = """
            [{"role":"developer","content":"rules"},{"type":"message","role":"user","content":[{"type":"input_text","text":"a"},\
            {"type":"input_image","image_url":"data:image/png;base64,aGk=","detail":"low"}]},{"type":"reasoning","id":"r","summary":[]},\
            {"type":"message","id":"x","status":"completed","role":"assistant","content":[{"type":"output_text","text":"b","annotations":[]}]},\
            {"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},\
            {"type":"function_call","call_id":"c2","name":"g","arguments":"{\\"a\\":1}"},\
            {"type":"function_call_output","call_id":"c1","output":"one"},\
            {"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"two"}]}]
            """
        #expect(
            try Face.responses.chat(request(items))["messages"] == [
                ["role": "system", "content": "rules"],
                [
                    "role": "user",
                    "content": [
                        ["type": "text", "text": "a"],
                        ["type": "image_url", "image_url": ["url": "data:image/png;base64,aGk=", "detail": "low"]],
                    ],
                ],
                [
                    "role": "assistant", "content": "b",
                    "tool_calls": [
                        ["id": "c1", "type": "function", "function": ["name": "f", "arguments": "{}"]],
                        ["id": "c2", "type": "function", "function": ["name": "g", "arguments": #"{"a":1}"#]],
                    ],
                ],
                ["role": "tool", "tool_call_id": "c1", "content": "one"], ["role": "tool", "tool_call_id": "c2", "content": "two"],
            ])
    }

    @Test func toolsAndFormArePassedOn() throws {
        let chat = try Face.responses.chat(
            request(
                #""x""#,
                #""tools":[{"type":"function","name":"f","parameters":{"type":"object"},"strict":true}],"tool_choice":{"type":"function","name":"f"},"text":{"format":{"type":"json_schema","name":"n","schema":{"b":1,"a":2},"strict":true},"verbosity":"low"}"#
            ))
        #expect(
            chat["tools"] == [["type": "function", "function": ["name": "f", "parameters": ["type": "object"], "strict": true]]])
        #expect(chat["tool_choice"] == ["type": "function", "function": ["name": "f"]])
        #expect(chat["response_format"]?["json_schema"]?.text == #"{"name":"n","schema":{"b":1,"a":2},"strict":true}"#)
        #expect(chat["verbosity"] == "low")
    }

    @Test(arguments: [
        (
            request(#""x""#, #""previous_response_id":"r""#),
            "'previous_response_id' is not supported: responses are not kept here; send the whole conversation in 'input'"
        ),
        (
            request(#""x""#, #""conversation":{"id":"c"}"#),
            "'conversation' is not supported: responses are not kept here; send the whole conversation in 'input'"
        ),
        (request(#""x""#, #""background":true"#), "'background' is not supported; use \"stream\": true, or submit a task"),
        (request(#""x""#, #""prompt":{"id":"p"}"#), "'prompt' names a template kept by OpenAI; send its text in 'input'"),
        (
            request(#""x""#, #""top_logprobs":2"#),
            "probabilities of tokens are not told here; ask '/v1/chat/completions' with \"logprobs\": true"
        ),
        (
            request(#""x""#, #""tools":[{"type":"web_search"}]"#),
            "'tools[0].type' is 'web_search'; only \"function\" tools, which the client runs, can be used here"
        ),
        (
            request(#""x""#, #""tool_choice":{"type":"mcp"}"#),
            "'tool_choice' is {\"type\":\"mcp\"}; use \"auto\", \"none\", \"required\" or {\"type\": \"function\", \"name\": …}"
        ),
        (request(#""x""#, #""max_output_tokens":0"#), "'max_output_tokens' must be at least 1, it is 0"),
        (
            request(#""x""#, #""text":{"format":{"type":"xml"}}"#),
            "'text.format.type' is 'xml'; use \"text\", \"json_object\" or \"json_schema\""
        ),
        (request("[]"), "'input' is missing or empty; send a text or a list of items"),
        (request("3"), "'input' must be a string or an array, not a number"),
        (request("[3]"), "'input[0]' must be an object, not a number"),
        (
            request(#"[{"role":"tool","content":"x"}]"#),
            "'input[0].role' is 'tool'; use \"user\", \"assistant\", \"system\" or \"developer\""
        ),
        (
            request(#"[{"type":"item_reference","id":"i"}]"#),
            "'input[0].id' refers to an item of an earlier response; none is kept here, send the item itself"
        ),
        (
            request(#"[{"type":"mcp_call"}]"#),
            "'input[0].type' is 'mcp_call', which is not supported here: only message, function_call, function_call_output and reasoning"
        ),
        (request(#"[{"type":"function_call","name":"f"}]"#), "'input[0].arguments' is missing"),
        (
            request(#"[{"role":"user","content":[{"type":"input_file","file_id":"f"}]}]"#),
            "'input[0].content[0].type' is 'input_file', which is not supported here: only input_text, output_text and input_image"
        ),
        (
            request(#"[{"role":"user","content":[{"type":"input_image","file_id":"f"}]}]"#),
            "'input[0].content[0].image_url' is missing; no files are kept here, send the image as a \"data:\" URL"
        ),
        (#"{"input":"x"}"#, "model is required"), ("{", "invalid request body: unexpected end of JSON at byte 1"),
    ]) func whatCannotBeDoneIsRefusedInWords(_ body: String, _ words: String) {
        #expect(Face.responses.refusal(body) == words)
    }
}
