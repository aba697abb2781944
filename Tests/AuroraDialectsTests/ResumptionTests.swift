import AuroraDialects
import AuroraModel
import NIOCore
import Testing

private let ask = #"{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}"#
private let begun = chatEvent(chatRole) + chatText("Hello") + chatText(" wor")

private func asking(_ more: String) -> String {
    #"{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}],"# + more + "}"
}

@Suite struct ResumptionTests {
    @Test func theChatGoesOnFromThePartialAnswer() throws {
        let continuation = try Broken(.chatCompletions, asking(#""top_k":1.50,"max_tokens":20"#), begun).continuation(on: .ollama)
        #expect(continuation.path == "/v1/chat/completions")
        #expect(
            String(buffer: continuation.body) == """
                {"model":"m","stream":true,"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"Hello wor"}],\
                "top_k":1.50,"max_tokens":18}
                """)
    }

    @Test func anEngineOfTheOtherKindIsToldToGoOn() throws {
        let request = try Broken(.chatCompletions, asking(#""chat_template_kwargs":{"x":1,"enable_thinking":true}"#), begun).request()
        #expect(request["continue_final_message"] == true)
        #expect(request["add_generation_prompt"] == false)
        #expect(request["chat_template_kwargs"] == ["x": 1, "enable_thinking": false])
    }

    @Test func theClientsOwnBeginningIsGoneOnFrom() throws {
        let body = #"{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"Oh. "}]}"#
        let messages = try Broken(.chatCompletions, body, begun).request()["messages"]
        #expect(messages?.array?.count == 2)
        #expect(messages?[1]?["content"] == "Oh. Hello wor")
    }

    @Test func everyLimitIsLoweredByWhatWasGiven() throws {
        let limits = #""max_tokens":10,"max_completion_tokens":5,"n_predict":-1,"min_tokens":1"#
        let request = try Broken(.chatCompletions, asking(limits), begun).request()
        #expect(request["max_tokens"] == 8)
        #expect(request["max_completion_tokens"] == 3)
        #expect(request["n_predict"] == -1)
        #expect(request["min_tokens"] == 0)
    }

    @Test func whiteSpaceAtTheEndIsLeftToTheEngine() throws {
        let broken = Broken(.chatCompletions, asking(#""max_tokens":10"#), begun + chatText("ld.") + chatText("\n") + chatText("\n"))
        let request = try broken.request()
        #expect(request["messages"]?[1]?["content"] == "Hello world.")
        #expect(request["max_tokens"] == 7)
    }

    @Test func finishedThinkingIsHandedOver() throws {
        let sent = chatEvent(#"{"role":"assistant","reasoning_content":"hm"}"#) + chatText("Hello")
        #expect(try Broken(.chatCompletions, ask, sent).request()["messages"]?[1]?["reasoning_content"] == "hm")
        #expect(try Broken(.chatCompletions, ask, sent).request(on: .ollama)["messages"]?[1]?["reasoning"] == "hm")
        let line = #"{"model":"m","message":{"role":"assistant","content":"","thinking":"hm"},"done":false}"# + "\n"
        let text = #"{"model":"m","message":{"role":"assistant","content":"Hello"},"done":false}"# + "\n"
        #expect(try Broken(.chat, ask, line, text).request(on: .ollama)["messages"]?[1]?["thinking"] == "hm")
    }

    @Test func aCompletionGoesOnFromItsPrompt() throws {
        let sent = #"data: {"id":"a","choices":[{"text":" a time","index":0}]}"# + "\n\n"
        let text = try Broken(.completions, #"{"model":"m","stream":true,"prompt":"Once upon","max_tokens":2}"#, sent).request()
        #expect(text["prompt"] == "Once upon a time")
        #expect(text["max_tokens"] == 1)
        #expect(text["continue_final_message"] == nil)
        let list = try Broken(.completions, #"{"model":"m","stream":true,"prompt":["Once upon"]}"#, sent).request()
        #expect(list["prompt"] == ["Once upon a time"])
        let chat = try Broken(.completions, #"{"model":"m","stream":true,"prompt":"Once upon"}"#, sent).continuation(on: .ollama)
        #expect(chat.path == "/v1/chat/completions")
        #expect(try JSON(parsing: chat.body)["messages"]?[1] == ["role": "assistant", "content": " a time"])
    }

    @Test func generateGoesOnThroughTheChatCall() throws {
        let body = """
            {"model":"m","prompt":"hi","system":"be brief","images":["iVBORw0KGgo="],"keep_alive":"5m","options":{"num_predict":9,"seed":1}}
            """
        let sent = #"{"model":"m","created_at":"x","response":"Hello","done":false}"# + "\n"
        let continuation = try Broken(.generate, body, sent).continuation(on: .ollama)
        #expect(continuation.path == "/api/chat")
        #expect(
            String(buffer: continuation.body) == """
                {"model":"m","keep_alive":"5m","options":{"num_predict":8,"seed":1},"messages":[{"role":"system","content":"be brief"},\
                {"role":"user","content":"hi","images":["iVBORw0KGgo="]},{"role":"assistant","content":"Hello"}]}
                """)
    }

    @Test func aRawPromptStaysOne() throws {
        let sent = #"{"model":"m","response":"lo","done":false}"# + "\n"
        for more in [#""raw":true"#, #""suffix":"!""#] {
            let continuation = try Broken(.generate, #"{"model":"m","prompt":"hel",\#(more)}"#, sent).continuation(on: .ollama)
            #expect(continuation.path == "/api/generate")
            #expect(try JSON(parsing: continuation.body)["prompt"] == "hello")
        }
    }

    @Test func withoutTextTheQuestionIsAskedAgain() throws {
        for sent in ["", chatEvent(chatRole), ": keep-alive\n\n", chatEvent(chatRole) + chatText("\n")] {
            let messages = try Broken(.chatCompletions, asking(#""n":1"#), sent).request(on: .ollama)["messages"]
            #expect(messages == [["role": "user", "content": "hi"]])
        }
        let again = try Broken(.chatCompletions, asking(#""logprobs":true"#), chatEvent(chatRole)).continuation()
        #expect(String(buffer: again.body) == asking(#""logprobs":true"#))
    }

    @Test func anAnswerThatIsAllThereIsOnlyClosed() {
        let finish = chatEvent("{}", finish: #""stop""#)
        #expect(Broken(.chatCompletions, ask, begun, finish).closing() == chatDone)
        #expect(Broken(.chatCompletions, ask, begun, finish, chatDone).closing() == "")
        #expect(Broken(.chat, ask, #"{"model":"m","message":{"content":"x"},"done":true}"# + "\n").closing() == "")
    }

    @Test func anAnswerAsLongAsItMayBeIsClosed() {
        #expect(
            Broken(.chatCompletions, asking(#""max_tokens":2"#), begun).closing() == """
                data: {"id":"first","created":7,"model":"m","system_fingerprint":"fp-first","object":"chat.completion.chunk",\
                "choices":[{"index":0,"delta":{},"finish_reason":"length"}]}\n\n\(chatDone)
                """)
        let line = #"{"model":"m","created_at":"t","response":"a","done":false}"# + "\n"
        #expect(
            Broken(.generate, #"{"model":"m","prompt":"p","options":{"num_predict":1}}"#, line).closing() == """
                {"model":"m","response":"","created_at":"t","done":true,"done_reason":"length","eval_count":1}\n
                """)
    }

    @Test func aLongAnswerIsReadOnTheWay() throws {
        var broken = Broken(.chatCompletions, ask)
        let word = String(repeating: "x", count: 1000) + " "
        for _ in 0..<1000 { broken.record.append(ByteBuffer(string: chatText(word))) }
        #expect(broken.record.text.utf8.count == 1_001_000)
        #expect(try broken.request()["messages"]?[1]?["content"]?.string?.utf8.count == 1_000_999)
    }

    @Test func overEightMegabytesNothingIsKept() {
        var broken = Broken(.chatCompletions, ask)
        let word = chatText(String(repeating: "x", count: 1 << 20))
        for _ in 0..<9 { broken.record.append(ByteBuffer(string: word)) }
        #expect(broken.obstacle() == .tooLong)
    }
}

@Suite struct ObstacleTests {
    @Test(arguments: [
        (chatEvent(##"{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":""}}]}"##), Obstacle.toolCalls),
        (chatEvent(#"{"function_call":{"name":"f"}}"#), .toolCalls),
        (chatEvent(#"{"reasoning_content":"hm"}"#), .thinking),
        (#"data: {"choices":[{"index":1,"delta":{"content":"x"}}]}"# + "\n\n", .severalAnswers),
        (
            #"data: {"choices":[{"index":0,"delta":{"content":"x"},"logprobs":{"content":[{"token":"x","logprob":0}]}}]}"# + "\n\n",
            .logprobs
        ),
        (#"data: {"error":{"message":"no"}}"# + "\n\n", .unreadable),
        ("data: {\n\n", .unreadable),
        (chatText("x") + "data: {\"cho", .unreadable),
    ]) func whatWasSentStandsInTheWay(_ sent: String, _ obstacle: Obstacle) {
        #expect(Broken(.chatCompletions, ask, sent).obstacle() == obstacle)
    }

    @Test(arguments: [
        (#""n":2"#, Obstacle.severalAnswers), (#""logprobs":true"#, .logprobs), (#""logprobs":0"#, .logprobs), (#""echo":true"#, .echo),
        (#""response_format":{"type":"json_object"}"#, .structuredOutput), (#""grammar":"root ::= [a]""#, .structuredOutput),
        (#""messages":3"#, .prompt), (#""messages":[{"role":"assistant","content":[]}]"#, .prompt),
        (#""messages":[{"role":"assistant","content":"","tool_calls":[{}]}]"#, .toolCalls),
    ]) func whatWasAskedStandsInTheWay(_ field: String, _ obstacle: Obstacle) {
        #expect(Broken(.chatCompletions, asking(field), begun).obstacle() == obstacle)
    }

    @Test(arguments: [#""n":1"#, #""logprobs":false"#, #""logprobs":null"#, #""response_format":{"type":"text"}"#, #""format":"""#])
    func theUsualValuesDoNot(_ field: String) {
        #expect(Broken(.chatCompletions, asking(field), begun).obstacle() == nil)
    }

    @Test func anEngineThatKeepsTheGrammarCanGoOn() {
        let broken = Broken(.chatCompletions, asking(#""response_format":{"type":"json_object"}"#), begun)
        #expect(broken.obstacle(keepsGrammar: true) == nil)
    }

    @Test(arguments: [
        #"{"model":"m","prompt":[1,2,3]}"#, #"{"model":"m","prompt":["a","b"]}"#, #"{"model":"m"}"#,
    ]) func aPromptOfAnotherFormCannotGrow(_ body: String) {
        let sent = #"data: {"choices":[{"text":"x","index":0}]}"# + "\n\n"
        #expect(Broken(.completions, body, sent).obstacle() == .prompt)
        #expect(Broken(.completions, body, sent).obstacle(on: .ollama) == .prompt)
    }

    @Test(arguments: [#""template":"{{ .Prompt }}""#, #""context":[1,2]"#]) func generateWithAStateOfItsOwnCannotGoOn(_ field: String) {
        let sent = #"{"model":"m","response":"x","done":false}"# + "\n"
        #expect(Broken(.generate, #"{"model":"m","prompt":"p",\#(field)}"#, sent).obstacle() == .prompt)
    }

    @Test(arguments: ["", "[]", "{", "null", "{\"messages\":[]"]) func aBodyThatIsNoRequestIsRefused(_ body: String) {
        #expect(Broken(.chatCompletions, body, begun).obstacle() != nil)
    }

    @Test func everyObstacleSaysWhatItIs() {
        #expect(Set(Obstacle.allCases.map(\.reason)).count == Obstacle.allCases.count)
    }

    @Test func garbageNeverCrashes() {
        var random = SeededRandom(seed: 3)
        let bodies = [asking(#""max_tokens":9,"options":{"num_predict":3},"prompt":"p""#)]
        for round in 0..<1000 {
            let wire = AnswerWire.allCases[round % 4]
            var record = AnswerRecord(wire)
            record.append(ByteBuffer(bytes: random.mutated(Array((begun + chatText("x")).utf8))))
            let body = ByteBuffer(bytes: random.mutated(Array(bodies[0].utf8)))
            guard case .resume(var continuation) = record.resumption(of: body, on: round % 2 == 0 ? .ollama : .openai) else { continue }
            #expect((try? JSON(parsing: continuation.body)) != nil || continuation.body == body)
            var out = ByteBuffer()
            continuation.splice.push(ByteBuffer(bytes: random.mutated(Array((begun + chatDone).utf8))), into: &out)
            continuation.splice.finish(into: &out)
        }
    }
}
