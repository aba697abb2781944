import AuroraChat
import AuroraDialects
import AuroraModel
import AuroraSystem
import AuroraTestSupport
import HTTPTypes
import NIOCore
import NIOHTTP1
import Testing

@Suite(.timeLimit(.minutes(1))) struct PersonalityModelTests {
    private let question =
        #"{"model":"personality:coder","messages":[{"role":"user","content":"Hi"}],"seed":18446744073709551615,"x_odd":[1.50]}"#

    @Test func eachPersonalityIsAModel() async throws {
        try await withChatServer(.make(.saying("x"))) { client in
            let list = try await client.call(.GET, "/v1/models").json
            #expect(list["object"] == "list")
            #expect(list["data"]?.array?.map { $0["id"] } == ["personality:aurora", "aurora", "personality:coder", "coder"])
            #expect(try await client.call(.GET, "/v1/models/personality:coder").json["id"] == "personality:coder")
            #expect(try await client.call(.GET, "/v1/models/coder").json["object"] == "model")
            let unknown = try await client.call(.GET, "/v1/models/gpt-4")
            #expect(unknown.status == 404)
            #expect(unknown.error?["type"] == "not_found_error")
            #expect(unknown.error?["message"]?.string?.hasPrefix("model 'gpt-4' not found") == true)
        }
    }

    @Test func sendsThePromptInFrontAndKeepsEveryFieldItDoesNotKnow() async throws {
        let gateway = FakeGateway(status: 200, #"{"id":"1","choices":[]}"#)
        try await withChatServer(.make(.saying("x")), gateway: gateway, token: Secret("t0k3n")) { client in
            let reply = try await client.call(
                .POST, "/v1/chat/completions", question, headers: ["traceparent": "00-x", "Authorization": "Bearer mine"])
            #expect(reply.text == #"{"id":"1","choices":[]}"#)
            let call = try #require(gateway.calls.first)
            #expect(call.url == "http://gateway/v1/chat/completions")
            #expect(call.headers[.authorization] == "Bearer t0k3n")
            let sent = try JSON(parsing: try #require(call.body))
            #expect(sent["model"] == "tiny")
            #expect(sent["temperature"] == .number("0.2"))
            #expect(sent["seed"] == .number("18446744073709551615"))
            #expect(sent["x_odd"] == [.number("1.50")])
            #expect(sent["messages"]?.array?.map { $0["role"] } == ["system", "user"])
            #expect(sent["messages"]?[0]?["content"]?.string?.hasPrefix("You are Coder") == true)
        }
    }

    @Test func theClientsOwnTemperatureWins() async throws {
        let gateway = FakeGateway(status: 200, "{}")
        try await withChatServer(.make(.saying("x")), gateway: gateway) { client in
            _ = try await client.call(.POST, "/v1/chat/completions", #"{"model":"coder","temperature":0,"messages":[{}]}"#)
            let sent = try JSON(parsing: try #require(gateway.calls.first?.body))
            #expect(sent["temperature"] == .number("0"))
        }
    }

    @Test func passesTheStreamAndErrorsThroughUnchanged() async throws {
        let stream = FakeGateway(status: 200, type: "text/event-stream", "data: {\"a\":1}\n\n", "data: [DONE]\n\n")
        try await withChatServer(.make(.saying("x")), gateway: stream) { client in
            let reply = try await client.call(.POST, "/v1/chat/completions", question)
            #expect(reply.headers.first(name: "Content-Type") == "text/event-stream")
            #expect(reply.text == "data: {\"a\":1}\n\ndata: [DONE]\n\n")
        }
        try await withChatServer(.make(.saying("x")), gateway: FakeGateway(status: 429, #"{"error":{"message":"slow down"}}"#)) { client in
            let reply = try await client.call(.POST, "/v1/chat/completions", question)
            #expect(reply.status == 429)
            #expect(reply.error?["message"] == "slow down")
        }
    }

    @Test func aClientThatLeavesBeforeTheAnswerBeginsFreesTheEngine() async throws {
        let gate = ScriptedModel.Gate()
        let gateway = FakeGateway {
            await gate.pass()
            return HTTPReply(status: 200, headers: [:], body: AsyncThrowingStream { nil })
        }
        try await withChatServer(.make(.saying("x")), gateway: gateway) { client in
            try await client.connected(.POST, "/v1/chat/completions", bytes: ByteBuffer(string: question)) { _ in
                try await eventually("the gateway is asked") { gateway.calls.count == 1 }
            }
            try await eventually("the call is given up") { gateway.abandoned == 1 }
        }
    }

    @Test func aClientThatLeavesInMidAnswerFreesTheEngine() async throws {
        let (writers, made) = AsyncStream<AsyncThrowingStream<ByteBuffer, any Error>.Continuation>.makeStream()
        let gateway = FakeGateway {
            let (body, writer) = AsyncThrowingStream<ByteBuffer, any Error>.makeStream()
            writer.yield(ByteBuffer(string: "data: 1\n\n"))
            made.yield(writer)
            return HTTPReply(status: 200, headers: [.contentType: "text/event-stream"], body: body)
        }
        try await withChatServer(.make(.saying("x")), gateway: gateway) { client in
            try await client.stream(.POST, "/v1/chat/completions", bytes: ByteBuffer(string: question)) { reader in
                _ = try await reader.read(until: "data: 1")
            }
            let writer = try #require(await writers.first { _ in true })
            try await eventually("the body is dropped") {
                if case .terminated = writer.yield(ByteBuffer(string: "data: 2\n\n")) { true } else { false }
            }
        }
    }

    @Test func saysSoInOpenAIsShapeWhenNothingCanAnswer() async throws {
        try await withChatServer(.make(ScriptedModel(models: []) { _ in [] })) { client in
            let reply = try await client.call(.POST, "/v1/chat/completions", question)
            #expect(reply.status == 503)
            #expect(reply.headers.first(name: "Retry-After") == "1")
            #expect(reply.error?["message"]?.string?.hasPrefix("no model is ready") == true)
        }
        try await withChatServer(.make(.saying("x"))) { client in
            let unreachable = try await client.call(.POST, "/v1/chat/completions", question)
            #expect(unreachable.status == 503)
            #expect(unreachable.error?["message"] == "no gateway")
            for body in [
                #"{"messages":[{}]}"#, #"{"model":"coder"}"#, #"{"model":"coder","messages":"Hi"}"#, #"{"model":"coder","messages":[]}"#,
            ] {
                let refused = try await client.call(.POST, "/v1/chat/completions", body)
                #expect(refused.status == 400)
                #expect(refused.error?["type"] == "invalid_request_error")
            }
            #expect(try await client.call(.GET, "/v1/chat/completions").status == 405)
        }
    }
}
