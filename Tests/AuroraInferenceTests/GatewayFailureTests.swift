import AuroraHTTP
import AuroraModel
import AuroraRouting
import AuroraTestSupport
import HTTPTypes
import NIOCore
import Testing

@testable import AuroraInference

@Suite("When engines fail")
struct GatewayFailureTests {
    @Test(arguments: [FakeEngine.Behaviour.close, .promise(140), .status(503, "{}"), .status(500, "{}"), .status(429, "{}")])
    func aFailureBeforeTheFirstByteGoesToTheNextEngineUnseen(_ failure: FakeEngine.Behaviour) async throws {
        let bad = try await FakeEngine.start(.openai, models: ["m"])
        let good = try await FakeEngine.start(.openai, models: ["m"])
        var routing = RouterSettings()
        routing.policy = .roundRobin
        try await GatewayFixture.with([bad.spec("bad"), good.spec("good")], routing: routing) { gateway in
            for _ in 0..<4 {
                bad.script(failure)
                let answer = try await gateway.post("/v1/chat/completions", chatBody)
                #expect(answer.status == 200)
                #expect(answer.headers[.contentLength] == nil)
                #expect(answer.body.hasSuffix("data: [DONE]\n\n"))
            }
            #expect(bad.received.count >= 1)
        }
        try await bad.stop()
        try await good.stop()
    }

    @Test func aRequestThatIsWrongItselfIsNotTriedElsewhere() async throws {
        let first = try await FakeEngine.start(.openai, models: ["m"])
        let second = try await FakeEngine.start(.openai, models: ["m"])
        try await GatewayFixture.with([first.spec("a"), second.spec("b")]) { gateway in
            let refusal = #"{"error":{"message":"temperature is wrong"}}"#
            first.script(.status(400, refusal))
            second.script(.status(400, refusal))
            let answer = try await gateway.post("/v1/chat/completions", wholeBody)
            #expect(answer.status == 400)
            #expect(answer.body == refusal)
            #expect(first.received.count + second.received.count == 1)
        }
        try await first.stop()
        try await second.stop()
    }

    @Test(arguments: [FakeEngine.Behaviour.cut(after: ["half"]), .endEarly(after: ["half"])])
    func aStreamThatBreaksEndsWithAnErrorAndNeverWithDone(_ failure: FakeEngine.Behaviour) async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await GatewayFixture.with([engine.spec("a")]) { gateway in
            engine.script(failure)
            let openai = try await gateway.post("/v1/chat/completions", chatBody)
            #expect(openai.body.contains("half"))
            #expect(openai.body.contains(#"data: {"error":{"#))
            #expect(!openai.body.contains("[DONE]"))
            engine.script(failure)
            let ollama = try await gateway.post("/api/chat", #"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#)
            #expect(ollama.body.contains("half"))
            #expect(ollama.body.split(separator: "\n").last?.hasPrefix(#"{"error":"#) == true)
        }
        try await engine.stop()
    }

    @Test func aHungEngineIsLeftForTheNextOne() async throws {
        let hung = try await FakeEngine.start(.ollama, models: ["m"])
        let good = try await FakeEngine.start(.ollama, models: ["m"], loaded: [])
        try await GatewayFixture.with([hung.spec("hung"), good.spec("good")], routing: .silent(after: 1)) { gateway in
            hung.script(.hang)
            let answer = try await gateway.post("/api/chat", #"{"model":"m","stream":false,"messages":[{"role":"user","content":"hi"}]}"#)
            #expect(answer.status == 200)
            #expect(answer.headers["X-Aurora-Worker"] == "good")
            #expect(answer.headers["X-Aurora-Reason"] == "retry")
            #expect(await eventually { hung.abandoned == 1 })
        }
        try await hung.stop()
        try await good.stop()
    }

    @Test func aWaitingEventStreamIsKeptAliveAndThenAnswered() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        let spare = try await FakeEngine.start(.openai, models: ["m"])
        let limits = GatewayLimits(keepAlive: .milliseconds(150))
        try await GatewayFixture.with([engine.spec("a"), spare.spec("b")], limits: limits, routing: .silent(after: 0.9)) { gateway in
            engine.script(.hang)
            spare.script(.hang)
            let answer = try await gateway.post("/v1/chat/completions", chatBody)
            #expect(answer.status == 200)
            #expect(answer.body.hasPrefix(": keep-alive\n\n"))
            // Both hung: the failure has to be told inside the stream that has begun.
            #expect(answer.body.contains(#"data: {"error":{"#))
            engine.script(.hang)
            let second = try await gateway.post("/v1/chat/completions", chatBody)
            #expect(second.status == 200)
        }
        try await engine.stop()
        try await spare.stop()
    }

    @Test func aDeadEngineIsOutAndComesBackByItself() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await GatewayFixture.with([engine.spec("a")]) { gateway in
            #expect(try await gateway.post("/v1/chat/completions", wholeBody).status == 200)
            try await engine.stop()
            #expect(await eventually { gateway.registry.all.first?.status().state == "down" })
            let down = try await gateway.post("/v1/chat/completions", wholeBody)
            #expect(down.status == 503)
            #expect(down.headers[.retryAfter] == "1")
            #expect(down.body.contains("model 'm' is on 'a', which does not answer now"))
            try await engine.listen()
            #expect(await eventually { gateway.registry.all.first?.status().state == "up" })
            #expect(try await gateway.post("/v1/chat/completions", wholeBody).status == 200)
        }
        try await engine.stop()
    }

    @Test func anErrorOfTheEngineIsTranslatedForAnOllamaClient() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await GatewayFixture.with([engine.spec("a")]) { gateway in
            engine.script(.status(400, #"{"error":{"message":"context is too long","type":"invalid_request_error"}}"#))
            let answer = try await gateway.post("/api/chat", #"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#)
            #expect(answer.status == 400)
            #expect(answer.body == #"{"error":"context is too long"}"#)
        }
        try await engine.stop()
    }
}
