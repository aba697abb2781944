import AuroraChat
import AuroraModel
import AuroraTestSupport
import ServiceLifecycle
import Testing

@Suite(.timeLimit(.minutes(1))) struct ChatServiceShutdownTests {
    @Test func aGracefulShutdownWaitsForGrowingAnswers() async throws {
        let gate = ScriptedModel.Gate()
        let chat = RunningChat.make(ScriptedModel(.text("a"), .hold(gate), .text("b"), .finish(reason: "stop")))
        let group = ServiceGroup(configuration: .init(services: [.init(service: chat.service)], logger: quiet))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await eventually("the service starts") { chat.service.isReady }
            let handle = try await chat.service.send(ChatTurn(message: "Hi"))
            await group.triggerGracefulShutdown()
            try await eventually("the service stops") { !chat.service.isReady }
            gate.open()
            #expect(await handle.all().done?.text == "ab")
            try await tasks.waitForAll()
            #expect(await chat.store.message(handle.answerID)?.state == .complete)
        }
    }

    @Test func aShutdownWhoseTimeIsOverKeepsWhatWasSaid() async throws {
        let chat = RunningChat.make(ScriptedModel(.text("half a"), .hold(.init())))
        let handle = try await chat.running {
            let handle = try await chat.service.send(ChatTurn(message: "Hi"))
            for await event in handle.events { if case .text = event { break } }
            return handle
        }
        #expect(await handle.all().failure?.message == "the node stopped while the answer grew")
        let stored = await chat.store.message(handle.answerID)
        #expect(stored?.content == "half a")
        #expect(stored?.state == .interrupted)
    }

    @Test func afterAKillTheNextStartKeepsTheTextAndSaysItWasInterrupted() async throws {
        let clock = ManualClock()
        let killed = RunningChat.make(ScriptedModel(.text("half a"), .hold(.init())), clock: clock)
        try await killed.running {
            let handle = try await killed.service.send(ChatTurn(message: "Hi"))
            try await eventually("the writer waits") { clock.sleepers(within: .milliseconds(250)) == 1 }
            clock.advance(by: .milliseconds(250))
            try await eventually("the start is stored") { await killed.store.message(handle.answerID)?.content == "half a" }

            // The killed node says nothing more; another one starts on what it left behind.
            let next = RunningChat.make(.saying("again"), store: killed.store)
            try await next.running {
                let found = try await next.service.answer(handle.answerID, in: handle.conversationID)
                let events = await found.all()
                #expect(events.text == "half a")
                #expect(events.failure?.message == "the node stopped while the answer grew")
                let retry = try await next.service.send(ChatTurn(message: "Hi", conversationID: handle.conversationID))
                #expect(await retry.all().text == "again")
            }
        }
    }
}
