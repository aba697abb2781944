import AuroraChat
import AuroraDialects
import AuroraHTTP
import AuroraModel
import AuroraTestSupport
import HTTPTypes
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct ChatSocketTests {
    /// A page at the other end of a WebSocket.
    final class FakePage: WebSocketConnection {
        let messages: AsyncStream<String>
        private let input: AsyncStream<String>.Continuation
        private let output = Mutex<[JSON]>([])
        private let closing = Mutex<Int?>(nil)

        init() { (messages, input) = AsyncStream.makeStream() }

        var received: [JSON] { output.withLock { $0 } }
        var closeCode: Int? { closing.withLock { $0 } }

        func say(_ text: String) { input.yield(text) }
        func leave() { input.finish() }

        func send(_ text: String) async throws {
            let json = try JSON(parsing: text)
            output.withLock { $0.append(json) }
        }

        func close(code: Int, reason: String) async { closing.withLock { $0 = code } }

        func receives(_ type: String, times: Int = 1) async throws -> JSON {
            @Sendable func matching() -> [JSON] { received.filter { $0["type"]?.string == type } }
            try await eventually("\(type) comes") { matching().count >= times }
            return matching()[times - 1]
        }
    }

    private func connected(
        _ chat: RunningChat, principal: Principal = .anonymous, _ body: (FakePage) async throws -> Void
    ) async throws {
        let request = HTTPRequest(method: .get, scheme: "http", authority: "a", path: "/ws/page%201?x=y")
        try await chat.running {
            try await withThrowingTaskGroup(of: Void.self) { group in
                let page = FakePage()
                group.addTask { await ChatSocket(service: chat.service).serve(page, request: request, principal: principal) }
                try await body(page)
                page.leave()
                try await group.waitForAll()
            }
        }
    }

    @Test func answersInTheShapesThatPagesKnow() async throws {
        let chat = RunningChat.make(.saying("Hello"))
        try await connected(chat) { page in
            page.say(#"{"type":"chat","message":"Hi","personality":"coder"}"#)
            let done = try await page.receives("done")
            #expect(done["response"] == "Hello")
            #expect(done["personality"] == "coder")
            #expect(done["node"] == "lead")
            #expect(done["timestamp"]?.string?.hasSuffix("Z") == true)
            #expect(page.received.map { $0["type"] }.first == "thinking")
            #expect(try await page.receives("content")["content"] == "Hello")
            let id = try #require(done["conversation_id"]?.string)
            #expect(page.received.allSatisfy { $0["conversation_id"]?.string == id })
            #expect(await chat.store.conversation(id)?.clientID == "page 1")
        }
    }

    @Test func goesOnInTheConversationOfTheConnection() async throws {
        try await connected(.make(.saying("x"))) { page in
            page.say(#"{"type":"chat","message":"one"}"#)
            let first = try await page.receives("done")
            page.say(#"{"type":"chat","message":"two"}"#)
            let second = try await page.receives("done", times: 2)
            #expect(first["conversation_id"] == second["conversation_id"])
        }
    }

    @Test func beginsANewConversationWhenTheLastOneWasDeleted() async throws {
        let chat = RunningChat.make(.saying("x"))
        try await connected(chat) { page in
            page.say(#"{"type":"chat","message":"one"}"#)
            let first = try await page.receives("done")
            try await chat.service.deleteConversation(first["conversation_id"]?.string ?? "")
            page.say(#"{"type":"chat","message":"two"}"#)
            let second = try await page.receives("done", times: 2)
            #expect(first["conversation_id"] != second["conversation_id"])
        }
    }

    @Test func pongsWhileAnAnswerGrowsAndStopsIt() async throws {
        try await connected(.make(ScriptedModel(.text("half"), .hold(.init())))) { page in
            page.say(#"{"type":"chat","message":"Hi"}"#)
            _ = try await page.receives("content")
            page.say(#"{"type":"ping"}"#)
            #expect(try await page.receives("pong") == ["type": "pong"])
            page.say(#"{"type":"stop"}"#)
            let done = try await page.receives("done")
            #expect(done["response"] == "half")
            #expect(done["reason"] == "stopped")
        }
    }

    @Test func anAnswerGoesOnWhenThePageLeaves() async throws {
        let gate = ScriptedModel.Gate()
        let chat = RunningChat.make(ScriptedModel(.text("one "), .hold(gate), .text("two"), .finish(reason: "stop")))
        let page = FakePage()
        let request = HTTPRequest(method: .get, scheme: "http", authority: "a", path: "/ws/p")
        try await chat.running {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await ChatSocket(service: chat.service).serve(page, request: request, principal: .anonymous) }
                page.say(#"{"type":"chat","message":"Hi"}"#)
                _ = try await page.receives("content")
                page.leave()
                try await group.waitForAll()
            }
            gate.open()
            let id = try #require(page.received.first?["message_id"]?.string)
            try await eventually("the answer is complete") { await chat.store.message(id)?.content == "one two" }
        }
    }

    @Test(arguments: [
        ("no json", "the message is not JSON: unexpected 'o' at byte 1; it begins with 'no json'"),
        ("{}", "field 'type' is missing"),
        (#"{"type":"dance"}"#, "field 'type' is 'dance'"),
        (#"{"type":7}"#, "field 'type' is 7, not a string"),
        (#"{"type":"chat"}"#, "field 'message' is missing"),
        (#"{"type":"chat","message":""}"#, "field 'message' is '', which says nothing"),
        (#"{"type":"chat","message":"Hi","conversation_id":"nowhere"}"#, "no conversation 'nowhere'"),
    ])
    func garbageIsAnsweredAndTheConnectionStays(_ text: String, _ message: String) async throws {
        try await connected(.make(.saying("x"))) { page in
            page.say(text)
            let error = try await page.receives("error")
            #expect(error["message"]?.string == message)
            page.say(#"{"type":"chat","message":"Hi"}"#)
            let done = try await page.receives("done")
            #expect(done["response"] == "x")
        }
    }

    @Test func failuresCarryTheirCode() async throws {
        try await connected(.make(ScriptedModel(.fail(AuroraError(.overloaded, "no free engine"))))) { page in
            page.say(#"{"type":"chat","message":"Hi"}"#)
            let error = try await page.receives("error")
            #expect(error["code"] == "overloaded")
            #expect(error["conversation_id"]?.string != nil)
        }
    }

    @Test func oneConnectionFollowsOnlySoManyAnswers() async throws {
        var limits = ChatLimits()
        limits.answersPerSocket = 1
        try await connected(.make(ScriptedModel(.hold(.init())), limits: limits)) { page in
            page.say(#"{"type":"chat","message":"Hi"}"#)
            page.say(#"{"type":"chat","message":"Hi"}"#)
            let error = try await page.receives("error")
            #expect(error["code"] == "overloaded")
        }
    }

    @Test func whoMayNotChatIsToldAndClosed() async throws {
        let reader = Principal(name: "reader", scopes: [.read])
        try await connected(.make(.saying("x")), principal: reader) { page in
            #expect(try await page.receives("error")["code"] == "forbidden")
            try await eventually("the connection closes") { page.closeCode == 1008 }
        }
    }

    @Test func takesOnlyPathsOfOneClient() {
        let socket = ChatSocket(service: RunningChat.make(.saying("x")).service)
        #expect(socket.accepts(path: "/ws/page"))
        for path in ["/ws", "/ws/", "/ws/a/b", "/other/a", "ws/a", "", "/", "/ws/" + String(repeating: "x", count: 500)] {
            #expect(!socket.accepts(path: path))
        }
    }
}
