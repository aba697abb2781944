import AuroraConfig
import AuroraModel
import AuroraSystem
import AuroraTestSupport
import Foundation
import HTTPTypes
import NIOCore
import Testing

@testable import AuroraNode

@Suite("Chatting with a node", .timeLimit(.minutes(1)))
struct ChatTests {
    private struct Reply: Decodable {
        let response, conversationId, personality, node, model, timestamp: String
    }

    private struct Conversation: Decodable {
        struct Message: Decodable { let role, content, state: String }
        let messages: [Message]
    }

    @Test(arguments: [EngineKind.openai, .ollama]) func answersThroughTheGatewayAndKeepsWhatWasSaid(kind: EngineKind) async throws {
        let engine = try await FakeEngine.start(kind, models: ["m"])
        try await RunningNode.with(engines: [engine]) { node async throws in
            for address in [node.addresses.chat, node.addresses.console, node.local] {
                let reply = try await node.ask(.post, address + "/api/chat", body: #"{"message":"hi there"}"#).decode(Reply.self)
                #expect(reply.response == "Hello from here")
                #expect(reply.node == "testnode")
                #expect(reply.model == "m")
                #expect(!reply.timestamp.isEmpty)
                let kept = try await node.ask(address + "/api/conversations/\(reply.conversationId)").decode(Conversation.self)
                #expect(kept.messages.map(\.role) == ["user", "assistant"])
                #expect(kept.messages.map(\.content) == ["hi there", "Hello from here"])
                #expect(kept.messages.map(\.state) == ["complete", "complete"])
            }
            #expect(engine.received.allSatisfy { $0.body.contains("hi there") })
        }
        try await engine.stop()
    }

    @Test func streamsPieceByPiece() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await RunningNode.with(engines: [engine]) { node async throws in
            engine.script(.stepwise(["one", "two"]))
            let reply = try await node.open(.post, node.addresses.chat + "/api/chat", body: #"{"message":"hi","stream":true}"#)
            var text = ""
            for try await piece in reply.body {
                text += String(buffer: piece)
                if text.contains("one"), !text.contains("two") { #expect(!text.contains("event: done")) }
                if text.contains("one") { engine.release() }
            }
            #expect(text.hasPrefix("event: start\n"))
            #expect(text.contains("\"content\":\"one\""))
            #expect(text.contains("\"response\":\"onetwo\""))
        }
        try await engine.stop()
    }

    @Test func talksOverAWebSocket() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await RunningNode.with(engines: [engine]) { node async throws in
            for address in [node.addresses.chat, node.addresses.console] {
                let socket = try await SocketClient.open(address, path: "/ws/page-1")
                try await socket.send(#"{"type":"ping"}"#)
                #expect(await socket.read(until: "}").contains(#""type":"pong""#))
                try await socket.send(#"{"type":"chat","message":"hi"}"#)
                let said = await socket.read(until: #""timestamp""#)
                let order = ["thinking", "content", "done"].compactMap { said.range(of: "\"type\":\"\($0)\"")?.lowerBound }
                #expect(order.count == 3)
                #expect(order == order.sorted())
                #expect(said.contains(#""response":"Hello from here""#))
                try await socket.send("garbage")
                #expect(await socket.read(until: "is not JSON").contains(#""type":"error""#))
                try await socket.close()
            }
        }
        try await engine.stop()
    }

    @Test func goesOnWhenTokensAreInUse() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        let tokens = [ManifestToken(name: "phone", scopes: [.chat], value: Secret("phone-token-0123456789"))]
        try await RunningNode.with(engines: [engine], change: { $0.tokens = tokens }) { node async throws in
            let url = node.addresses.chat + "/api/chat"
            #expect(try await node.ask(.post, url, body: #"{"message":"hi"}"#).status == 401)
            let answer = try await node.ask(
                .post, url, headers: [.authorization: "Bearer phone-token-0123456789"], body: #"{"message":"hi"}"#)
            #expect(try answer.decode(Reply.self).response == "Hello from here")
            #expect(engine.received.allSatisfy { $0.headers["authorization"] == nil })
            let socket = try await SocketClient.open(node.addresses.chat, path: "/ws/page-1?token=phone-token-0123456789")
            try await socket.send(#"{"type":"chat","message":"hi"}"#)
            #expect(await socket.read(until: #""timestamp""#).contains("Hello from here"))
            try await socket.close()
        }
        try await engine.stop()
    }

    @Test func saysWhatIsMissingWithoutAnEngine() async throws {
        try await RunningNode.with { node async throws in
            let answer = try await node.ask(.post, node.addresses.chat + "/api/chat", body: #"{"message":"hi"}"#)
            #expect(answer.status == 503)
            #expect(answer.body.contains("no model is ready"))
            #expect(answer.body.contains("aurora status"))
        }
    }

    @Test func offersPersonalitiesAsModels() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await RunningNode.with(engines: [engine]) { node async throws in
            struct Models: Decodable {
                struct Model: Decodable { let id: String }
                let data: [Model]
            }
            let list = try await node.ask(node.addresses.chat + "/v1/models").decode(Models.self)
            let personality = try #require(list.data.first?.id)
            let body = "{\"model\":\"\(personality)\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
            let answer = try await node.ask(.post, node.addresses.chat + "/v1/chat/completions", body: body)
            #expect(answer.status == 200)
            #expect(answer.body.contains("Hello from here"))
            #expect(engine.received.last?.body.contains("\"system\"") == true)
        }
        try await engine.stop()
    }
}
