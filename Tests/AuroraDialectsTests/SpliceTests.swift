import AuroraDialects
import AuroraModel
import Foundation
import NIOCore
import Testing

private let ask = #"{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}"#
private let second =
    chatEvent(chatRole, id: "second") + chatText(" 漢", id: "second") + chatText("!", id: "second")
    + chatEvent("{}", finish: #""stop""#, id: "second") + chatUsage(12, 3) + chatDone

@Suite struct SpliceTests {
    @Test func theClientSeesOneAnswer() throws {
        let broken = Broken(.chatCompletions, ask, chatEvent(chatRole) + chatText("Hel") + chatText("lo"))
        var splice = try broken.continuation().splice
        #expect(
            splice.all(second) == chatText(" 漢") + chatText("!") + chatEvent("{}", finish: #""stop""#) + chatUsage(10, 5, id: "first")
                + chatDone)
        #expect(splice.isComplete)
        #expect(splice.failure == nil)
        #expect(splice.usage == TokenUsage(prompt: 10, completion: 5))
    }

    @Test func everySplitGivesTheSame() throws {
        let broken = Broken(.chatCompletions, ask, chatEvent(chatRole) + chatText("Hel"))
        var whole = try broken.continuation().splice
        let expected = whole.all(second)
        for size in 1...40 {
            var splice = try broken.continuation().splice
            #expect(splice.all(second, size: size) == expected)
        }
    }

    @Test func aThirdEngineGoesOnAfterTheSecond() throws {
        var broken = Broken(.chatCompletions, ask, chatEvent(chatRole) + chatText("one"))
        var out = ByteBuffer()
        var splice = try broken.continuation().splice
        splice.push(ByteBuffer(string: chatEvent(chatRole, id: "second") + chatText(" two", id: "second") + "data: {\"cho"), into: &out)
        broken.record.append(out)
        let third = try broken.continuation()
        #expect(try JSON(parsing: third.body)["messages"]?[1]?["content"] == "one two")
        var last = third.splice
        #expect(
            last.all(chatText(" three", id: "x") + chatEvent("{}", finish: #""stop""#, id: "x") + chatUsage(9, 2) + chatDone)
                == chatText(" three") + chatEvent("{}", finish: #""stop""#) + chatUsage(7, 4, id: "first") + chatDone)
    }

    @Test func whiteSpaceThatTheClientHasIsNotSentAgain() throws {
        let broken = Broken(.chatCompletions, ask, chatEvent(chatRole) + chatText("a.") + chatText("\n") + chatText("\n"))
        var again = try broken.continuation().splice
        let rest = chatText("\n", id: "s") + chatText("\n\nb", id: "s") + chatEvent("{}", finish: #""stop""#, id: "s") + chatUsage(10, 4)
        #expect(
            again.all(rest + chatDone) == chatText("\nb") + chatEvent("{}", finish: #""stop""#) + chatUsage(8, 6, id: "first") + chatDone)
        var other = try broken.continuation().splice
        #expect(other.all(chatText("b\n\n", id: "s")) == chatText("b\n\n"))
    }

    @Test func aBeginningThatTheEngineRepeatsIsTakenOut() throws {
        let words = ["The capital", " of France", " is", " Paris", " and"]
        let broken = Broken(.chatCompletions, ask, words.map { chatText($0) }.joined())
        var echo = try broken.continuation().splice
        #expect(echo.all(chatText("The capital of France is Paris and", id: "s") + chatText(" so", id: "s")) == chatText(" so"))
        var joined = try broken.continuation().splice
        #expect(joined.all(chatText("The capital of France is Paris and so", id: "s")) == chatText(" so"))
        var same = try broken.continuation().splice
        let repeated = words.map { chatText($0, id: "s") }.joined()
        #expect(same.all(repeated) == words.map { chatText($0) }.joined(), "a model that repeats itself token by token is no echo")
    }

    @Test func theAnswerEndsOnce() throws {
        let broken = Broken(.chatCompletions, ask, chatText("a"))
        var twice = try broken.continuation().splice
        let finish = chatEvent("{}", finish: #""stop""#)
        #expect(twice.all(finish + finish + chatText("late") + chatDone + chatDone + chatText("later")) == finish + chatDone)
        var without = try broken.continuation().splice
        #expect(without.all(finish) == finish + chatDone)
        #expect(without.isComplete)
    }

    @Test func aStreamThatStopsIsNotComplete() throws {
        var splice = try Broken(.chatCompletions, ask, chatText("a")).continuation().splice
        #expect(splice.all(chatText("b")) == chatText("b"))
        #expect(!splice.isComplete)
    }

    @Test(arguments: [#"data: {"error":{"message":"out of memory"}}"# + "\n\n", "data: {oops\n\n", "data: 3\n\n"])
    func anErrorIsToldAndNotWritten(_ event: String) throws {
        var splice = try Broken(.chatCompletions, ask, chatText("a")).continuation().splice
        #expect(splice.all(chatText("b") + event + chatText("c") + chatDone) == chatText("b"))
        #expect(splice.failure?.isEmpty == false)
        #expect(!splice.isComplete)
    }

    @Test func completionsKeepTheirShapeBehindTheChatCall() throws {
        func event(_ text: String) -> String {
            "data: {\"id\":\"a\",\"object\":\"text_completion\",\"choices\":[{\"index\":0,\"finish_reason\":null,\"text\":\"\(text)\"}]}\n\n"
        }
        let broken = Broken(.completions, #"{"model":"m","stream":true,"prompt":"p"}"#, event("one"))
        var splice = try broken.continuation(on: .ollama).splice
        let chat = #"data: {"id":"b","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":"#
        #expect(splice.all(chat + "\" two\"},\"finish_reason\":null}]}\n\n") == event(" two"))
        var raw = try broken.continuation().splice
        #expect(raw.all(event(" two").replacing("\"a\"", with: "\"b\"")) == event(" two"))
    }
}

@Suite struct OllamaSpliceTests {
    private let last = """
        {"model":"other","created_at":"t","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop",\
        "total_duration":300,"prompt_eval_count":12,"eval_count":2,"eval_duration":100}\n
        """

    private func line(_ text: String, model: String = "m") -> String {
        "{\"model\":\"\(model)\",\"created_at\":\"t\",\"message\":{\"role\":\"assistant\",\"content\":\"\(text)\"},\"done\":false}\n"
    }

    private func response(_ text: String) -> String {
        "{\"model\":\"m\",\"created_at\":\"t\",\"response\":\"\(text)\",\"done\":false}\n"
    }

    @Test func chatGoesOnInLines() throws {
        let broken = Broken(.chat, ask, line("one"), line(" two"))
        let expected = """
            \(line(" three")){"model":"m","created_at":"t","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop",\
            "total_duration":400,"prompt_eval_count":10,"eval_count":4,"eval_duration":200}\n
            """
        for size in [1, 2, 3, 7, 1000] {
            var splice = try broken.continuation(on: .ollama).splice
            #expect(splice.all(line(" three", model: "other") + last, size: size) == expected)
            #expect(splice.isComplete)
            #expect(splice.usage == TokenUsage(prompt: 10, completion: 4))
        }
    }

    @Test func generateKeepsItsShapeBehindTheChatCall() throws {
        let broken = Broken(.generate, #"{"model":"m","prompt":"hi"}"#, response("one"))
        var splice = try broken.continuation(on: .ollama).splice
        let lines = splice.all(line(" two", model: "other") + last).split(separator: "\n").map(String.init)
        #expect(lines.first.map { $0 + "\n" } == response(" two"))
        #expect(try JSON(parsing: lines[1])["response"] == "")
        #expect(try JSON(parsing: lines[1])["message"] == nil)
        #expect(try JSON(parsing: lines[1])["eval_count"] == 3)
    }

    @Test func anErrorLineIsToldAndNotWritten() throws {
        var splice = try Broken(.chat, ask, line("one")).continuation(on: .ollama).splice
        #expect(splice.all("{\"error\":\"model runner has stopped\"}\n" + last) == "")
        #expect(splice.failure == "model runner has stopped")
    }

    @Test func aCutStreamIsNotComplete() throws {
        var splice = try Broken(.chat, ask, line("one")).continuation(on: .ollama).splice
        _ = splice.all(line(" two"))
        #expect(!splice.isComplete)
        #expect(splice.failure == nil)
    }

    @Test func theContinuationTranslatesForTheOtherKindOfEngine() throws {
        let continuation = try Broken(.generate, #"{"model":"m","prompt":"hi"}"#, response("one")).continuation()
        let now = Moment(nanoseconds: 0, date: .distantPast)
        guard
            case .forward(let translation) = try Translation.translate(.chat, body: continuation.body, upstreamModel: "up", now: now)
        else { throw DialectError(.failed, "not forwarded") }
        let request = try JSON(parsing: translation.body)
        #expect(request["messages"]?[1] == ["role": "assistant", "content": "one"])
        #expect(request["continue_final_message"] == true)
        #expect(request["chat_template_kwargs"] == ["enable_thinking": false])
    }
}
