import AuroraHTTP
import AuroraModel
import AuroraSystem
import AuroraTestSupport
import HTTPTypes
import NIOCore
import Testing

@testable import AuroraInference

@Suite("The gateway forwards")
struct GatewayForwardingTests {
    @Test func bodiesPassUnchangedAndCredentialsStayHere() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await GatewayFixture.with([engine.spec("a", apiKey: Secret("upstream-key"))]) { gateway in
            let body = #"{ "model":"m", "unknown_field": {"x":[1,2.50]}, "messages":[{"role":"user","content":"hi"}] }"#
            let answer = try await gateway.post(
                "/v1/chat/completions", body, headers: [.authorization: "Bearer client-key", .cookie: "a=b", .traceparent: "00-1-2-01"])
            #expect(answer.status == 200)
            #expect(answer.headers["X-Aurora-Worker"] == "a")
            #expect(answer.headers["X-Aurora-Reason"] == "only")
            let seen = try #require(engine.received.first)
            #expect(seen.body == body)
            #expect(seen.headers["host"] == "127.0.0.1:\(engine.port)")
            #expect(seen.headers["authorization"] == "Bearer upstream-key")
            #expect(seen.headers["cookie"] == nil)
            #expect(seen.headers["traceparent"] == "00-1-2-01")
            #expect(seen.headers["x-request-id"] == answer.headers["X-Request-Id"])
        }
        try await engine.stop()
    }

    @Test func theFirstPieceArrivesBeforeTheSecondIsSent() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await GatewayFixture.with([engine.spec("a")]) { gateway in
            engine.script(.stepwise(["one", "two"]))
            let reply = try await gateway.open("/v1/chat/completions", chatBody)
            var pieces = reply.body.makeAsyncIterator()
            let first = try #require(try await pieces.next())
            #expect(String(buffer: first).contains("one"))
            #expect(!String(buffer: first).contains("two"))
            engine.release()
            var rest = ""
            while let piece = try await pieces.next() {
                rest += String(buffer: piece)
                engine.release()
            }
            #expect(rest.contains("two"))
            #expect(rest.hasSuffix("data: [DONE]\n\n"))
        }
        try await engine.stop()
    }

    @Test func anotherSpellingOfTheModelIsReplacedInTheBodyOnly() async throws {
        let engine = try await FakeEngine.start(.ollama, models: ["m:latest"])
        try await GatewayFixture.with([engine.spec("a")]) { gateway in
            let answer = try await gateway.post(
                "/api/chat", #"{"x":1,"model":"m","stream":false,"messages":[{"role":"user","content":"hi"}]}"#)
            #expect(answer.status == 200)
            #expect(
                engine.received.first?.body == #"{"x":1,"model":"m:latest","stream":false,"messages":[{"role":"user","content":"hi"}]}"#)
        }
        try await engine.stop()
    }

    @Test func anOpenAIClientReachesAnOllamaEngineUntranslated() async throws {
        let engine = try await FakeEngine.start(.ollama, models: ["m"])
        try await GatewayFixture.with([engine.spec("a")]) { gateway in
            let answer = try await gateway.post("/v1/chat/completions", chatBody)
            #expect(answer.body.contains("data: [DONE]"))
            #expect(engine.received.first?.path == "/v1/chat/completions")
        }
        try await engine.stop()
    }

    @Test func anOllamaClientStreamsFromAnOpenAIEngine() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await GatewayFixture.with([engine.spec("a")]) { gateway in
            let answer = try await gateway.post("/api/chat", #"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#)
            #expect(answer.status == 200)
            #expect(answer.headers[.contentType]?.hasPrefix("application/x-ndjson") == true)
            let lines = answer.body.split(separator: "\n")
            #expect(lines.count >= 4)
            #expect(lines.last?.contains(#""done":true"#) == true)
            #expect(lines.last?.contains(#""eval_count":5"#) == true)
            #expect(engine.received.first?.path == "/v1/chat/completions")
        }
        try await engine.stop()
    }

    @Test func anOllamaClientGetsAWholeAnswerFromAnOpenAIEngine() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await GatewayFixture.with([engine.spec("a")]) { gateway in
            let answer = try await gateway.post("/api/generate", #"{"model":"m","prompt":"hi","stream":false}"#)
            #expect(answer.status == 200)
            #expect(answer.body.contains(#""response":"Hello from here""#))
            #expect(answer.body.contains(#""done":true"#))
        }
        try await engine.stop()
    }

    @Test func embeddingsWorkInBothDialects() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await GatewayFixture.with([engine.spec("a")]) { gateway in
            let openai = try await gateway.post("/v1/embeddings", #"{"model":"m","input":"hi"}"#)
            #expect(openai.body.contains("[0.25,0.5]"))
            let ollama = try await gateway.post("/api/embed", #"{"model":"m","input":["hi"]}"#)
            #expect(ollama.body.contains(#""embeddings":[[0.25,0.5]]"#))
        }
        try await engine.stop()
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await GatewayFixture.with([engine.spec("a")]) { gateway in
            engine.script(.answer(["first"]), .answer(["second"]))
            let client = try await RawConnection.open(port: gateway.port)
            let hot = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: \(wholeBody.utf8.count)\r\n\r\n\(wholeBody)"
            let cold = "GET /api/version HTTP/1.1\r\nHost: x\r\n\r\n"
            try await client.send(hot + cold + hot + cold.replacing("Host: x", with: "Host: x\r\nConnection: close"))
            let all = await client.readToEnd()
            let places = ["first", "version", "second"].map { all.range(of: $0)?.lowerBound }
            #expect(places.allSatisfy { $0 != nil })
            #expect(places.compactMap { $0 } == places.compactMap { $0 }.sorted())
        }
        try await engine.stop()
    }

    @Test func aClientThatLeavesStopsTheEngine() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await GatewayFixture.with([engine.spec("a")]) { gateway in
            for behaviour in [FakeEngine.Behaviour.hang, .stepwise(["one", "two"])] {
                let before = engine.abandoned
                engine.script(behaviour)
                let asked = engine.received.count
                let client = try await RawConnection.open(port: gateway.port)
                try await client.send(
                    "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: \(chatBody.utf8.count)\r\n\r\n\(chatBody)")
                #expect(await eventually { engine.received.count == asked + 1 })
                try await client.close()
                #expect(await eventually { engine.abandoned == before + 1 })
            }
            #expect(await eventually { gateway.gateway.load.inFlight == 0 })
        }
        try await engine.stop()
    }
}

extension String {
    fileprivate func range(of part: String) -> Range<String.Index>? { firstRange(of: part) }
}
