import AuroraHTTP
import AuroraModel
import AuroraRouting
import AuroraTestSupport
import HTTPTypes
import NIOCore
import Testing

@testable import AuroraInference

@Suite("An answer whose worker dies in the middle")
struct GatewayContinuationTests {
    private func twoEngines(
        _ kinds: (EngineKind, EngineKind) = (.openai, .openai), routing: RouterSettings = RouterSettings(),
        _ body: @Sendable @escaping (GatewayFixture, FakeEngine, FakeEngine) async throws -> Void
    ) async throws {
        let a = try await FakeEngine.start(kinds.0, models: ["m"])
        let b = try await FakeEngine.start(kinds.1, models: ["m"])
        var routing = routing
        routing.policy = .pinned
        try await GatewayFixture.with([a.spec("a"), b.spec("b")], routing: routing) { try await body($0, a, b) }
        try await a.stop()
        try await b.stop()
    }

    @Test(arguments: [FakeEngine.Behaviour.cut(after: ["one ", "two "]), .endEarly(after: ["one ", "two "])])
    func goesOnAtAnotherWorkerAsOneStream(_ failure: FakeEngine.Behaviour) async throws {
        try await twoEngines { gateway, a, b in
            a.script(failure)
            b.script(.answer(["three ", "four"]))
            let answer = try await gateway.post("/v1/chat/completions", chatBody)
            #expect(Self.text(answer.body) == "one two three four")
            #expect(answer.body.ranges(of: "[DONE]").count == 1)
            #expect(!answer.body.contains(#""error""#))
            #expect(answer.body.contains(": aurora continued on b"))
            let asked = try #require(b.received.first { $0.path == "/v1/chat/completions" })
            #expect(asked.body.contains(#""role":"assistant","content":"one two"#))
        }
    }

    @Test func goesOnForAnOllamaClientAcrossKindsOfEngines() async throws {
        try await twoEngines((.ollama, .openai)) { gateway, a, b in
            a.script(.cut(after: ["one ", "two "]))
            b.script(.answer(["three ", "four"]))
            let answer = try await gateway.post("/api/chat", #"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#)
            let lines = answer.body.split(separator: "\n")
            #expect(lines.filter { $0.contains(#""done":true"#) }.count == 1)
            #expect(lines.last?.contains(#""done":true"#) == true)
            for word in ["one ", "two ", "three ", "four"] { #expect(answer.body.ranges(of: word).count == 1) }
        }
    }

    @Test func isTakenOverFromAHungWorker() async throws {
        try await twoEngines(routing: .silent(after: 0.7)) { gateway, a, b in
            a.script(.stepwise(["one ", "never"]))
            b.script(.answer(["two"]))
            let answer = try await gateway.post("/v1/chat/completions", chatBody)
            #expect(Self.text(answer.body) == "one two")
            #expect(answer.body.hasSuffix("data: [DONE]\n\n"))
        }
    }

    @Test func thatIsNoStreamComesFromAnotherWorkerWhole() async throws {
        try await twoEngines { gateway, a, b in
            a.script(.promise(400))
            b.script(.answer(["whole"]))
            let answer = try await gateway.post("/v1/chat/completions", wholeBody)
            #expect(answer.status == 200)
            #expect(answer.body.contains("whole"))
            #expect(answer.headers["X-Aurora-Worker"] == "b")
        }
    }

    @Test func endsWithAnErrorWhenNobodyIsLeft() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await GatewayFixture.with([engine.spec("a")]) { gateway in
            engine.script(.cut(after: ["half"]))
            let answer = try await gateway.post(
                "/v1/messages", #"{"model":"m","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"x"}]}"#)
            #expect(answer.body.contains("event: error"))
            #expect(!answer.body.contains("message_stop"))
        }
        try await engine.stop()
    }

    @Test func isGivenUpWhenTheRequestHarmsOneWorkerAfterTheOther() async throws {
        var engines: [FakeEngine] = []
        for _ in 0..<4 { engines.append(try await FakeEngine.start(.openai, models: ["m"])) }
        let specs = engines.enumerated().map { $1.spec("w\($0)") }
        try await GatewayFixture.with(specs) { [engines] gateway in
            // A kept connection that closes says nothing of its engine, so each is asked twice.
            for engine in engines { engine.script(.close, .close) }
            let answer = try await gateway.post("/v1/chat/completions", wholeBody)
            #expect(answer.status == 502)
            #expect(answer.body.contains("3 workers failed on this request"))
            #expect(engines.filter { !$0.received.isEmpty }.count == 3)
        }
        for engine in engines { try await engine.stop() }
    }

    private static func text(_ stream: String) -> String {
        stream.split(separator: "\n").compactMap { line in
            line.firstRange(of: #""content":""#).map { line[$0.upperBound...].prefix { $0 != "\"" } }
        }.joined()
    }
}
