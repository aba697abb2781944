import AuroraChat
import AuroraDialects
import AuroraModel
import AuroraTestSupport
import HTTPTypes
import NIOHTTP1
import Testing

@Suite(.timeLimit(.minutes(1))) struct ConversationRouteTests {
    @Test func createsShowsChangesAndDeletesAConversation() async throws {
        try await withChatServer(.make(.saying("x"))) { client in
            let made = try await client.call(.POST, "/api/conversations", #"{"title":"Plans","personality":"Coder","client_id":"page"}"#)
            #expect(made.status == 201)
            let id = try #require(try made.json["id"]?.string)
            #expect(made.headers.first(name: "Location") == "/api/conversations/\(id)")
            #expect(try made.json["personality"] == "coder")
            #expect(try made.json["created_at"] == "2026-09-21T14:13:20.250Z")
            let path = "/api/conversations/\(id)"
            let shown = try await client.call(.GET, path).json
            #expect(shown["title"] == "Plans")
            #expect(shown["messages"] == [])
            let changed = try await client.call(.PATCH, path, #"{"title":"Better plans"}"#)
            #expect(try changed.json["title"] == "Better plans")
            #expect(try changed.json["personality"] == "coder")
            #expect(try await client.call(.DELETE, path).status == 204)
            #expect(try await client.call(.GET, path).status == 404)
            #expect(try await client.call(.DELETE, path).status == 404)
        }
    }

    @Test func aConversationWithoutTitleGetsOneFromItsFirstMessage() async throws {
        try await withChatServer(.make(.saying("x"))) { client in
            let id = try #require(try await client.call(.POST, "/api/conversations", "{}").json["id"]?.string)
            _ = try await client.call(.POST, "/api/chat", #"{"message":"What is a mesh?","conversation_id":"\#(id)"}"#)
            let shown = try await client.call(.GET, "/api/conversations/\(id)").json
            #expect(shown["title"] == "What is a mesh?")
            #expect(shown["personality"] == "aurora")
            #expect(shown["message_count"] == 2)
            #expect(shown["messages"]?.array?.count == 2)
        }
    }

    @Test func listsPagesAndSearches() async throws {
        try await withChatServer(.make(.saying("x"))) { client in
            for number in 1...5 {
                _ = try await client.call(.POST, "/api/conversations", #"{"title":"red topic \#(number)","client_id":"page"}"#)
            }
            var titles: Set<String> = []
            var next: String? = ""
            while let before = next {
                let page = try await client.call(.GET, "/api/conversations?limit=2&before=\(before)").json
                titles.formUnion(page["conversations"]?.array?.compactMap { $0["title"]?.string } ?? [])
                next = page["next"]?.string
            }
            #expect(titles.count == 5)
            let found = try await client.call(.GET, "/api/conversations?q=red+topic%203&client_id=page").json
            #expect(found["conversations"]?.array?.map { $0["title"] } == ["red topic 3"])
            #expect(try await client.call(.GET, "/api/conversations?client_id=other").json["conversations"] == [])
        }
    }

    @Test func pagesMessages() async throws {
        try await withChatServer(.make(.saying("x"))) { client in
            let first = try await client.call(.POST, "/api/chat", #"{"message":"one"}"#).json
            let id = try #require(first["conversation_id"]?.string)
            _ = try await client.call(.POST, "/api/chat", #"{"message":"two","conversation_id":"\#(id)"}"#)
            let page = try await client.call(.GET, "/api/conversations/\(id)/messages?limit=3").json
            #expect(page["messages"]?.array?.map { $0["sequence"] } == [1, 2, 3])
            let next = try #require(page["next"]?.string)
            let rest = try await client.call(.GET, "/api/conversations/\(id)/messages?after=\(next)").json
            #expect(rest["messages"]?.array?.map { $0["sequence"] } == [4])
            #expect(rest["next"] == .null)
        }
    }

    @Test func stopsAnAnswerThatGrows() async throws {
        let chat = RunningChat.make(ScriptedModel(.text("half"), .hold(.init())))
        try await withChatServer(chat) { client in
            let handle = try await chat.service.send(.init(message: "Hi"))
            for await event in handle.events { if case .text = event { break } }
            let path = "/api/conversations/\(handle.conversationID)/stop"
            let stopped = try await client.call(.POST, path).json
            #expect(stopped == ["stopped": true, "message_id": .string(handle.answerID)])
            #expect(await handle.all().done?.reason == "stopped")
            #expect(try await client.call(.POST, path).json == ["stopped": false, "message_id": .null])
            #expect(try await client.call(.POST, "/api/conversations/nowhere/stop").status == 404)
        }
    }

    @Test(arguments: [
        ("/api/conversations?limit=0", "parameter 'limit' is '0'"),
        ("/api/conversations?limit=many", "parameter 'limit' is 'many'"),
        ("/api/conversations?before=garbage", "'garbage' is no page mark"),
        ("/api/conversations/a/messages?after=-1", "parameter 'after' is '-1'"),
        ("/api/conversations/a/messages?limit=99999999999999999999", "parameter 'limit' is '99999999999999999999'"),
    ])
    func refusesParametersThatMakeNoSense(_ path: String, _ message: String) async throws {
        try await withChatServer(.make(.saying("x"))) { client in
            let reply = try await client.call(.GET, path)
            #expect(reply.status == 400)
            #expect(reply.error?["message"]?.string == message)
        }
    }

    @Test(arguments: [
        ("{}", "the body changes nothing"),
        (#"{"title":""}"#, "field 'title' is ''"),
        (#"{"title":7}"#, "field 'title' is 7, not a string"),
    ])
    func refusesChangesThatMakeNoSense(_ body: String, _ message: String) async throws {
        try await withChatServer(.make(.saying("x"))) { client in
            let reply = try await client.call(.PATCH, "/api/conversations/a", body)
            #expect(reply.status == 400)
            #expect(reply.error?["message"]?.string == message)
        }
    }

    @Test func unknownMessagesAreNotFound() async throws {
        try await withChatServer(.make(.saying("x"))) { client in
            let id = try #require(try await client.call(.POST, "/api/conversations", "{}").json["id"]?.string)
            #expect(try await client.call(.GET, "/api/conversations/\(id)/messages/m/stream").status == 404)
            #expect(try await client.call(.GET, "/api/conversations/x/messages/m/stream").status == 404)
            #expect(try await client.call(.GET, "/api/conversations/x/messages").status == 404)
        }
    }
}
