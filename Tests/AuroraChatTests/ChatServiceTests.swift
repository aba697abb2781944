import AuroraChat
import AuroraModel
import AuroraSystem
import AuroraTestSupport
import ServiceLifecycle
import Testing

@Suite(.timeLimit(.minutes(1))) struct ChatServiceTests {
    @Test func answersAndKeepsQuestionAndAnswer() async throws {
        let chat = RunningChat.make(.saying("Hel", "lo"))
        try await chat.running {
            let handle = try await chat.service.send(ChatTurn(message: "Hi there", clientID: "page"))
            let events = await handle.all()
            #expect(events.first == .thinking)
            #expect(events.contains(.started(model: "tiny", worker: "fake")))
            #expect(events.text == "Hello")
            #expect(events.done?.reason == "stop")
            #expect(events.done?.node == "lead")
            let messages = await chat.store.lastMessages(of: handle.conversationID, limit: 10)
            #expect(messages.map(\.content) == ["Hi there", "Hello"])
            #expect(messages.map(\.state) == [.complete, .complete])
            #expect(messages.last?.model == "tiny")
            #expect(messages.last?.id == handle.answerID)
            let conversation = await chat.store.conversation(handle.conversationID)
            #expect(conversation?.title == "Hi there")
            #expect(conversation?.clientID == "page")
            #expect(conversation?.personality == "aurora")
        }
    }

    @Test func asksNoModelWhenTheQuestionCannotBeStored() async throws {
        let chat = RunningChat.make(.saying("x"))
        try await chat.running {
            await chat.store.fail(with: AuroraError(.failed, "disk full"))
            await #expect(throws: AuroraError(.failed, "disk full")) { try await chat.service.send(ChatTurn(message: "Hi")) }
            #expect(chat.model.requests.isEmpty)
        }
    }

    @Test func sendsThePersonalityAndTheHistoryToTheModel() async throws {
        let chat = RunningChat.make(.saying("yes"))
        try await chat.running {
            let first = try await chat.service.send(ChatTurn(message: "one", personality: "coder", model: "big", traceparent: "00-a"))
            _ = await first.all()
            let second = try await chat.service.send(ChatTurn(message: "two", conversationID: first.conversationID))
            _ = await second.all()
            #expect(second.personality == "coder")
            let requests = chat.model.requests
            #expect(requests.first?.model == "big")
            #expect(requests.first?.traceparent == "00-a")
            #expect(requests.first?.temperature == 0.2)
            #expect(requests.last?.turns.map(\.role) == [.system, .user, .assistant, .user])
            #expect(requests.last?.turns.dropFirst().map(\.content) == ["one", "yes", "two"])
            #expect(requests.last?.turns.first?.content.hasPrefix("You are Coder") == true)
        }
    }

    @Test func growsOneAnswerAConversation() async throws {
        let gate = ScriptedModel.Gate()
        let chat = RunningChat.make(ScriptedModel(.text("a"), .hold(gate), .finish(reason: "stop")))
        try await chat.running {
            let first = try await chat.service.send(ChatTurn(message: "one"))
            let error = await #expect(throws: AuroraError.self) {
                try await chat.service.send(ChatTurn(message: "two", conversationID: first.conversationID))
            }
            #expect(error?.code == .conflict)
            #expect(error?.hint?.contains("/stop") == true)
            gate.open()
            #expect(await first.all().done != nil)
            // The conversation is free before the end is told.
            let second = try await chat.service.send(ChatTurn(message: "two", conversationID: first.conversationID))
            #expect(await second.all().done != nil)
        }
    }

    @Test func keepsThePartialTextOfAStoppedAnswer() async throws {
        let gate = ScriptedModel.Gate()
        let chat = RunningChat.make(ScriptedModel(.text("half"), .hold(gate), .text("never"), .finish(reason: "stop")))
        try await chat.running {
            let handle = try await chat.service.send(ChatTurn(message: "tell me all"))
            for await event in handle.events { if case .text = event { break } }
            #expect(await chat.service.stop(answer: handle.answerID))
            let end = await handle.all().done
            #expect(end?.text == "half")
            #expect(end?.reason == "stopped")
            let stored = await chat.store.message(handle.answerID)
            #expect(stored?.content == "half")
            #expect(stored?.state == .complete)
            #expect(chat.model.abandoned == 1)
            #expect(await !chat.service.stop(answer: handle.answerID))
        }
    }

    @Test(arguments: [
        (ScriptedModel.Step.fail(AuroraError(.overloaded, "no free engine")), "no free engine"),
        (.cut, "the model's answer was cut off before its end"),
    ])
    func keepsWhatAFailedModelSaid(_ end: ScriptedModel.Step, _ reason: String) async throws {
        let chat = RunningChat.make(ScriptedModel(.text("beginning"), end))
        try await chat.running {
            let handle = try await chat.service.send(ChatTurn(message: "Hi"))
            let events = await handle.all()
            #expect(events.text == "beginning")
            #expect(events.failure?.message == reason)
            let stored = await chat.store.message(handle.answerID)
            #expect(stored?.state == .failed)
            #expect(stored?.content == "beginning")
            #expect(stored?.error == reason)
        }
    }

    @Test func stopsAnAnswerThatGrowsOverTheLimit() async throws {
        var limits = ChatLimits()
        limits.answerBytes = 10
        let chat = RunningChat.make(.saying("12345", "67890", "x"), limits: limits)
        try await chat.running {
            let end = await (try chat.service.send(ChatTurn(message: "Hi"))).all().done
            #expect(end?.text == "1234567890")
            #expect(end?.reason == "length")
        }
    }

    @Test func givesUpOnAModelThatTakesTooLong() async throws {
        let clock = ManualClock()
        let chat = RunningChat.make(ScriptedModel(.text("slow"), .hold(.init())), clock: clock)
        try await chat.running {
            let handle = try await chat.service.send(ChatTurn(message: "Hi"))
            for await event in handle.events { if case .text = event { break } }
            try await eventually("writer and deadline wait") { clock.sleepers(within: .seconds(600)) == 2 }
            clock.advance(by: .seconds(601))
            #expect(await handle.all().failure?.code == .timedOut)
            #expect(await chat.store.message(handle.answerID)?.content == "slow")
        }
    }

    @Test func writesTheAnswerAsItGrowsButNotWithEachWord() async throws {
        let clock = ManualClock()
        let gate = ScriptedModel.Gate()
        let chat = RunningChat.make(ScriptedModel(.text("a"), .text("b"), .hold(gate), .text("c"), .finish(reason: "stop")), clock: clock)
        try await chat.running {
            let handle = try await chat.service.send(ChatTurn(message: "Hi"))
            try await eventually("the writer waits") { clock.sleepers(within: .milliseconds(250)) == 1 }
            #expect(await chat.store.writes.isEmpty)
            clock.advance(by: .milliseconds(250))
            try await eventually("the start is stored") { await chat.store.message(handle.answerID)?.content == "ab" }
            #expect(await chat.store.message(handle.answerID)?.state == .growing)
            gate.open()
            _ = await handle.all()
            #expect(await chat.store.writes.map(\.content) == ["ab", "abc"])
        }
    }

    @Test func writesALongPieceWithoutWaiting() async throws {
        let clock = ManualClock()
        let long = String(repeating: "x", count: 3000)
        let chat = RunningChat.make(ScriptedModel(.text(long), .hold(.init())), clock: clock)
        try await chat.running {
            let handle = try await chat.service.send(ChatTurn(message: "Hi"))
            try await eventually("the piece is stored") { await chat.store.message(handle.answerID)?.content == long }
        }
    }

    @Test func saysSoWhenTheEndCannotBeStored() async throws {
        let gate = ScriptedModel.Gate()
        let chat = RunningChat.make(ScriptedModel(.text("a"), .hold(gate), .finish(reason: "stop")))
        try await chat.running {
            let handle = try await chat.service.send(ChatTurn(message: "Hi"))
            await chat.store.fail(with: AuroraError(.failed, "disk full"))
            gate.open()
            let failure = await handle.all().failure
            #expect(failure?.code == .unavailable)
            #expect(failure?.message.contains("disk full") == true)
        }
    }

    @Test func endsTheAnswerOfADeletedConversation() async throws {
        let chat = RunningChat.make(ScriptedModel(.text("a"), .hold(.init())))
        try await chat.running {
            let handle = try await chat.service.send(ChatTurn(message: "Hi"))
            try await chat.service.deleteConversation(handle.conversationID)
            #expect(await handle.all().failure?.code == .notFound)
            await #expect(throws: AuroraError.self) { try await chat.service.conversation(handle.conversationID) }
        }
    }

    @Test func refusesMoreAnswersThanTheNodeCanGrow() async throws {
        var limits = ChatLimits()
        limits.concurrentAnswers = 2
        let chat = RunningChat.make(ScriptedModel(.hold(.init())), limits: limits)
        try await chat.running {
            for _ in 0..<2 { _ = try await chat.service.send(ChatTurn(message: "Hi")) }
            let error = await #expect(throws: AuroraError.self) { try await chat.service.send(ChatTurn(message: "Hi")) }
            #expect(error?.code == .overloaded)
        }
    }

    @Test func refusesAConversationThatIsTooLong() async throws {
        var limits = ChatLimits()
        limits.conversationMessages = 2
        let chat = RunningChat.make(.saying("x"), limits: limits)
        try await chat.running {
            let first = try await chat.service.send(ChatTurn(message: "Hi"))
            _ = await first.all()
            let error = await #expect(throws: AuroraError.self) {
                try await chat.service.send(ChatTurn(message: "more", conversationID: first.conversationID))
            }
            #expect(error?.code == .tooLarge)
            #expect(error?.hint == "start a new conversation")
        }
    }

    @Test func answersManyConversationsAtOnce() async throws {
        let chat = RunningChat.make(ScriptedModel { request in [.text(request.turns.last?.content ?? ""), .finish(reason: "stop")] })
        try await chat.running {
            let answers = try await withThrowingTaskGroup(of: (Int, String).self) { group in
                for number in 0..<50 {
                    group.addTask { (number, await (try chat.service.send(ChatTurn(message: "echo \(number)"))).all().text) }
                }
                return try await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
            }
            #expect(answers.count == 50)
            #expect(answers.allSatisfy { $0.value == "echo \($0.key)" })
        }
    }

    @Test func takesNoMessageBeforeItRunsOrAfterItStopped() async throws {
        let chat = RunningChat.make(.saying("x"))
        await #expect(throws: AuroraError(.unavailable, "the chat is starting", hint: "try again in a moment")) {
            try await chat.service.send(ChatTurn(message: "Hi"))
        }
        try await chat.running {}
        let error = await #expect(throws: AuroraError.self) { try await chat.service.send(ChatTurn(message: "Hi")) }
        #expect(error?.message == "this node is stopping")
    }
}
