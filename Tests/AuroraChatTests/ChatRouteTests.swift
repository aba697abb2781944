import AuroraDialects
import AuroraModel
import AuroraTestSupport
import HTTPTypes
import NIOCore
import NIOHTTP1
import Testing

@testable import AuroraChat

@Suite(.timeLimit(.minutes(1))) struct ChatRouteTests {
    @Test func answersAMessageAsAWhole() async throws {
        try await withChatServer(.make(.saying("Hel", "lo"))) { client in
            let reply = try await client.call(.POST, "/api/chat", #"{"message":"Hi","client_id":"page"}"#, headers: ["traceparent": "00-x"])
            #expect(reply.status == 200)
            let json = try reply.json
            #expect(json["response"] == "Hello")
            #expect(json["personality"] == "aurora")
            #expect(json["node"] == "lead")
            #expect(json["model"] == "tiny")
            #expect(json["timestamp"] == "2026-09-21T14:13:20.250Z")
            let id = try #require(json["conversation_id"]?.string)
            let again = try await client.call(.POST, "/api/chat", #"{"message":"more","conversation_id":"\#(id)"}"#)
            #expect(try again.json["conversation_id"]?.string == id)
            let messages = try await client.call(.GET, "/api/conversations/\(id)/messages").json["messages"]?.array
            #expect(messages?.map { $0["content"] } == ["Hi", "Hello", "more", "Hello"])
            #expect(messages?.last?["state"] == "complete")
        }
    }

    @Test func streamsAMessage() async throws {
        try await withChatServer(.make(.saying("Hel", "lo"))) { client in
            let reply = try await client.call(.POST, "/api/chat", #"{"message":"Hi","stream":true}"#)
            #expect(reply.status == 200)
            #expect(reply.headers.first(name: "Content-Type") == "text/event-stream; charset=utf-8")
            #expect(reply.headers.first(name: "Cache-Control") == "no-cache, no-transform")
            #expect(reply.headers.first(name: "X-Accel-Buffering") == "no")
            let events = SSE.parse(reply.text)
            #expect(events.first?.name == "start")
            #expect(events.content == "Hello")
            let done = try #require(events.last)
            #expect(done.name == "done")
            #expect(done.data["response"] == "Hello")
            #expect(done.data["conversation_id"] == events.first?.data["conversation_id"])
            #expect(done.id == "end")
        }
    }

    @Test func aCutClientLosesNothingAndGoesOnWhereItWas() async throws {
        let gate = ScriptedModel.Gate()
        let chat = RunningChat.make(ScriptedModel(.text("Grüße "), .hold(gate), .text("an alle"), .finish(reason: "stop")))
        try await withChatServer(chat) { client in
            let seen = try await client.stream(.POST, "/api/chat", bytes: ByteBuffer(string: #"{"message":"Hi","stream":true}"#)) {
                try await $0.read(until: "event: content")
            }
            let start = try #require(SSE.parse(seen).first)
            let conversation = try #require(start.data["conversation_id"]?.string)
            let message = try #require(start.data["message_id"]?.string)
            let path = "/api/conversations/\(conversation)/messages/\(message)/stream"

            let resumed = try await client.stream(.GET, path, headers: ["Last-Event-ID": "8"]) { reader in
                let start = try await reader.read(until: "event: start")
                gate.open()
                return try await start + reader.read(until: "event: done")
            }
            #expect(SSE.parse(resumed).content == "an alle")
            let stored = await chat.store.message(message)
            #expect(stored?.content == "Grüße an alle")
            #expect(stored?.state == .complete)

            let whole = try await client.call(.GET, path)
            #expect(SSE.parse(whole.text).content == "Grüße an alle")
            #expect(try await client.call(.GET, path, headers: ["Last-Event-ID": "end"]).status == 204)
            let garbage = try await client.call(.GET, path, headers: ["Last-Event-ID": "-7"])
            #expect(garbage.status == 400)
            #expect(garbage.error?["message"] == "header 'Last-Event-ID' is '-7'")
        }
    }

    @Test func keepsASilentStreamAlive() async throws {
        let clock = ManualClock()
        let gate = ScriptedModel.Gate()
        let chat = RunningChat.make(ScriptedModel(.hold(gate), .finish(reason: "stop")), clock: clock)
        try await withChatServer(chat) { client in
            let seen = try await client.stream(.POST, "/api/chat", bytes: ByteBuffer(string: #"{"message":"Hi","stream":true}"#)) {
                reader in
                let start = try await reader.read(until: "event: start")
                try await eventually("the stream waits") { clock.sleepers(within: .seconds(10)) == 1 }
                clock.advance(by: .seconds(10))
                let silence = try await reader.read(until: ": keep-alive\n\n")
                gate.open()
                return try await start + silence + reader.read(until: "event: done")
            }
            #expect(seen.contains(": keep-alive\n\n"))
        }
    }

    @Test func tellsWhyAnAnswerFailed() async throws {
        let chat = RunningChat.make(ScriptedModel(.text("half"), .fail(AuroraError(.overloaded, "no free engine", hint: "wait"))))
        try await withChatServer(chat) { client in
            let whole = try await client.call(.POST, "/api/chat", #"{"message":"Hi"}"#)
            #expect(whole.status == 503)
            #expect(whole.error?["message"] == "no free engine")
            let events = SSE.parse(try await client.call(.POST, "/api/chat", #"{"message":"Hi","stream":true}"#).text)
            #expect(events.content == "half")
            #expect(events.last?.name == "error")
            #expect(events.last?.data["error"]?["code"] == "overloaded")
            #expect(events.last?.data["error"]?["hint"] == "wait")
        }
    }

    @Test func listsPersonalitiesAndModels() async throws {
        try await withChatServer(.make(.saying("x"))) { client in
            let list = try await client.call(.GET, "/api/personalities").json["personalities"]?.array
            #expect(list?.map { $0["id"] } == ["aurora", "coder"])
            #expect(list?.map { $0["default"] } == [true, false])
            #expect(list?.first?["system_prompt"] == nil)
            #expect(try await client.call(.GET, "/api/models").json == ["models": [["id": "tiny"]]])
        }
    }

    @Test(arguments: [
        (#"{"personality":"aurora"}"#, 400, "field 'message' is missing"),
        (#"{"message":12}"#, 400, "field 'message' is 12, not a string"),
        (#"{"message":"  "}"#, 400, "field 'message' is '  ', which says nothing"),
        (#"{"message":"Hi","stream":"yes"}"#, 400, "field 'stream' is 'yes', not true or false"),
        (#"{"message":"Hi","personality":"nobody"}"#, 404, "no personality 'nobody'"),
        (#"{"message":"Hi","conversation_id":"nowhere"}"#, 404, "no conversation 'nowhere'"),
        (#"[1]"#, 400, "the body is a list, not a JSON object"),
        (#"{"message":"Hi""#, 400, #"the body is not JSON: unexpected end of JSON at byte 15; it begins with '{"message":"Hi"'"#),
    ])
    func saysWhatIsWrongWithARequest(_ body: String, _ status: Int, _ message: String) async throws {
        try await withChatServer(.make(.saying("x"))) { client in
            let reply = try await client.call(.POST, "/api/chat", body)
            #expect(reply.status == status)
            #expect(reply.error?["message"]?.string == message)
        }
    }

    @Test func refusesAMessageThatIsTooLong() async throws {
        var limits = ChatLimits()
        limits.messageBytes = 100
        try await withChatServer(.make(.saying("x"), limits: limits)) { client in
            let long = try await client.call(.POST, "/api/chat", #"{"message":"\#(String(repeating: "x", count: 101))"}"#)
            #expect(long.status == 413)
            #expect(long.error?["message"] == "field 'message' has 101 bytes, more than the limit of 100")
            let endless = try await client.call(.POST, "/api/chat", String(repeating: " ", count: 100_000))
            #expect(endless.status == 413)
        }
    }

    @Test func refusesOtherMethodsAndNamesThoseThatAreAllowed() async throws {
        try await withChatServer(.make(.saying("x"))) { client in
            for endpoint in allEndpoints {
                let path = endpoint.path.replacing("{id}", with: "a").replacing("{message}", with: "b")
                let reply = try await client.call(.PUT, path)
                #expect(reply.status == 405, "\(path)")
                let allowed = try #require(reply.headers.first(name: "Allow"))
                for action in endpoint.actions { #expect(allowed.contains(action.method.rawValue)) }
            }
            #expect(try await client.call(.HEAD, "/api/models").status == 200)
        }
    }

    @Test func letsReadersReadAndNothingElse() async throws {
        try await withChatServer(.make(.saying("x"))) { client in
            #expect(try await client.call(.GET, "/api/conversations", headers: ["X-Test-Scope": "read"]).status == 200)
            let refused = try await client.call(.POST, "/api/chat", #"{"message":"Hi"}"#, headers: ["X-Test-Scope": "read"])
            #expect(refused.status == 403)
            #expect(refused.error?["message"] == "token 'tester' may not do this")
            #expect(try await client.call(.GET, "/api/conversations", headers: ["X-Test-Scope": "mesh"]).status == 403)
            #expect(try await client.call(.POST, "/api/chat", #"{"message":"Hi"}"#, headers: ["X-Test-Scope": "chat"]).status == 200)
        }
    }

    private var allEndpoints: [Endpoint] {
        let service = RunningChat.make(.saying("x")).service
        return ChatAPI(service: service).endpoints + ConversationAPI(service: service).endpoints
            + PersonalityModelAPI(service: service, gateway: GatewayAddress(url: "", http: FakeGateway())).endpoints
    }
}
