import AuroraModel
import AuroraTestSupport
import Testing

@testable import AuroraChat

@Suite(.timeLimit(.minutes(1))) struct AnswerEventsTests {
    @Test func everyFollowerGetsEverythingWheneverItComes() async throws {
        let gate = ScriptedModel.Gate()
        let chat = RunningChat.make(ScriptedModel(.text("one "), .hold(gate), .text("two"), .finish(reason: "stop")))
        try await chat.running {
            let handle = try await chat.service.send(ChatTurn(message: "Hi"))
            async let early = handle.all()
            for await event in handle.events { if case .text = event { break } }
            async let late = handle.all()
            gate.open()
            #expect(await early.text == "one two")
            #expect(await late.text == "one two")
            let afterwards = try await chat.service.answer(handle.answerID, in: handle.conversationID)
            #expect(await afterwards.all().text == "one two")
        }
    }

    @Test func aFollowerThatComesBackMissesNothing() async throws {
        let text = "Grüße, 世界 👋"
        let chat = RunningChat.make(.saying(text))
        try await chat.running {
            let handle = try await chat.service.send(ChatTurn(message: "Hi"))
            _ = await handle.all()
            for offset in 0...text.utf8.count {
                let rest = await (try chat.service.answer(handle.answerID, in: handle.conversationID, from: offset)).all().text
                #expect(text.hasSuffix(rest))
                #expect(rest.utf8.count >= text.utf8.count - offset)
            }
            let beyond = try await chat.service.answer(handle.answerID, in: handle.conversationID, from: .max)
            #expect(await beyond.all().text == "")
        }
    }

    @Test func aSlowFollowerGetsLongerPiecesAndHoldsNobodyUp() async {
        let log = AnswerLog()
        var slow = AnswerEvents(log).makeAsyncIterator()
        #expect(await slow.next() == .thinking)
        for _ in 0..<1000 { _ = log.append("word ", limit: .max) }
        #expect(await slow.next() == .text(String(repeating: "word ", count: 1000), end: 5000))
    }

    @Test func silenceIsToldWithoutLosingWhatComesAfter() async throws {
        let (log, clock) = (AnswerLog(), ManualClock())
        var events = AnswerEvents(log, from: 0).makeAsyncIterator()
        _ = await events.next()
        async let quietly: Void = {
            try await eventually("the follower waits") { clock.sleepers(within: .seconds(10)) == 1 }
            clock.advance(by: .seconds(10))
        }()
        guard case .silence = await events.next(within: .seconds(10), clock: clock) else { throw NeverHappened() }
        try await quietly
        _ = log.append("x", limit: 10)
        guard case .event(.text("x", end: 1)) = await events.next(within: .seconds(10), clock: clock) else { throw NeverHappened() }
    }

    @Test func aCancelledFollowerStopsWaiting() async {
        let log = AnswerLog()
        await withTaskGroup(of: Int.self) { group in
            group.addTask { await AnswerEvents(log).reduce(into: 0) { count, _ in count += 1 } }
            group.cancelAll()
            for await count in group { #expect(count <= 1) }
        }
    }

    @Test func theFirstEndingCounts() {
        let log = AnswerLog()
        log.finish(.failed(AuroraError(.failed, "first")))
        log.finish(.failed(AuroraError(.failed, "second")))
        #expect(log.snapshot.ending == .failed(AuroraError(.failed, "first")))
    }

    @Test func aQuestionCannotBeFollowed() async throws {
        let chat = RunningChat.make(.saying("x"))
        try await chat.running {
            let handle = try await chat.service.send(ChatTurn(message: "Hi"))
            _ = await handle.all()
            let question = try #require(handle.questionID)
            let error = await #expect(throws: AuroraError.self) {
                try await chat.service.answer(question, in: handle.conversationID)
            }
            #expect(error?.code == .invalid)
        }
    }
}
