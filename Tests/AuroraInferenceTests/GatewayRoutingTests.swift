import AuroraHTTP
import AuroraModel
import AuroraRouting
import AuroraSystem
import AuroraTestSupport
import HTTPTypes
import NIOCore
import Testing

@testable import AuroraInference

@Suite("Choosing an engine")
struct GatewayRoutingTests {
    @Test func theEngineThatHoldsTheModelInMemoryGoesFirst() async throws {
        let cold = try await FakeEngine.start(.ollama, models: ["m"], loaded: [])
        let warm = try await FakeEngine.start(.ollama, models: ["m"])
        try await GatewayFixture.with([cold.spec("cold"), warm.spec("warm")]) { gateway in
            for _ in 0..<4 {
                let answer = try await gateway.post("/v1/chat/completions", wholeBody)
                #expect(answer.headers["X-Aurora-Worker"] == "warm")
                #expect(answer.headers["X-Aurora-Reason"] == "resident")
            }
        }
        try await cold.stop()
        try await warm.stop()
    }

    @Test func equalEnginesShareTheWorkByWhatIsInFlight() async throws {
        let first = try await FakeEngine.start(.openai, models: ["m"])
        let second = try await FakeEngine.start(.openai, models: ["m"])
        try await GatewayFixture.with([first.spec("a"), second.spec("b")]) { gateway in
            first.script(.hang, .hang)
            second.script(.hang, .hang)
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { _ = try? await gateway.post("/v1/chat/completions", chatBody) } }
                #expect(await eventually { first.received.count == 2 && second.received.count == 2 })
                group.cancelAll()
            }
        }
        try await first.stop()
        try await second.stop()
    }

    @Test func whoFindsTheEngineFullWaitsAndThenRuns() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await GatewayFixture.with([engine.spec("a", parallel: 1)]) { gateway in
            engine.script(.stepwise(["one", "two"]))
            try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask { try await gateway.post("/v1/chat/completions", chatBody).status }
                #expect(await eventually { engine.received.count == 1 })
                group.addTask { try await gateway.post("/v1/chat/completions", wholeBody).status }
                #expect(await eventually { gateway.registry.router.snapshot().waiting == 1 })
                // The second piece, and then the end.
                for _ in 0..<2 { #expect(await eventually { engine.release() }) }
                for try await status in group { #expect(status == 200) }
                #expect(engine.received.count == 2)
            }
        }
        try await engine.stop()
    }

    @Test func whoWaitsForAnEngineThatDiesIsToldSoAndNotThatThereIsNoSuchModel() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await GatewayFixture.with([engine.spec("a", parallel: 1)]) { gateway in
            engine.script(.hang)
            try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask { try await gateway.post("/v1/chat/completions", chatBody).status }
                #expect(await eventually { engine.received.count == 1 })
                group.addTask { try await gateway.post("/v1/chat/completions", wholeBody).status }
                #expect(await eventually { gateway.registry.router.snapshot().waiting == 1 })
                try await engine.stop()
                var statuses: [Int] = []
                for try await status in group { statuses.append(status) }
                // Who waited may still have been sent there, before the engine was known to be gone.
                #expect([[502, 502], [502, 503]].contains(statuses.sorted()))
            }
        }
    }

    @Test func whoFindsTheLineFullIsToldWhenToComeBack() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        var routing = RouterSettings()
        routing.lineLimit = 1
        routing.clientShare = 1
        try await GatewayFixture.with([engine.spec("a", parallel: 1)], routing: routing) { gateway in
            engine.script(.hang)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<2 { group.addTask { _ = try? await gateway.post("/v1/chat/completions", chatBody) } }
                #expect(await eventually { gateway.registry.router.snapshot().waiting == 1 })
                let busy = try await gateway.post("/v1/chat/completions", wholeBody)
                #expect(busy.status == 503)
                #expect(busy.headers[.retryAfter].flatMap { Int($0) }.map { $0 >= 1 } == true)
                #expect(busy.body.contains("server busy, please try again.  maximum pending requests exceeded"))
                group.cancelAll()
            }
        }
        try await engine.stop()
    }

    @Test func theGatewayTakesOnlySoManyRequestsAtOnce() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await GatewayFixture.with([engine.spec("a")], limits: GatewayLimits(concurrency: 1)) { gateway in
            engine.script(.hang)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try? await gateway.post("/v1/chat/completions", chatBody) }
                #expect(await eventually { engine.received.count == 1 })
                let refused = try await gateway.post("/api/chat", #"{"model":"m","messages":[]}"#)
                #expect(refused.status == 503)
                group.cancelAll()
            }
            #expect(await eventually { gateway.gateway.load.inFlight == 0 })
        }
        try await engine.stop()
    }

    @Test func anUnknownModelNamesTheNearest() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["smollm2:135m"])
        try await GatewayFixture.with([engine.spec("a")]) { gateway in
            let openai = try await gateway.post("/v1/chat/completions", #"{"model":"smollm2:136m","messages":[]}"#)
            #expect(openai.status == 404)
            #expect(openai.body.contains("model 'smollm2:136m' not found; nearest: 'smollm2:135m'"))
            let ollama = try await gateway.post("/api/chat", #"{"model":"smollm2:136m","messages":[]}"#)
            #expect(ollama.status == 404)
            #expect(ollama.body == #"{"error":"model 'smollm2:136m' not found; nearest: 'smollm2:135m'"}"#)
        }
        try await engine.stop()
    }

    @Test func enginesAreFoundWhereTheyUsuallyAreAndAuroraIsNoEngine() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        let place = EngineSpec(name: "openai-8000", kind: .openai, url: engine.url, source: .discovered)
        try await GatewayFixture.with([], places: [place]) { gateway in
            #expect(await eventually { gateway.registry.all.map(\.spec.name) == ["openai-8000"] })
            #expect(await eventually { (try? await gateway.post("/v1/chat/completions", wholeBody).status) == 200 })
            let probe = EngineProbe(http: gateway.http, timeout: .seconds(2))
            let itself = EngineSpec(name: "self", kind: .openai, url: gateway.url, source: .discovered)
            #expect(await probe.isEngine(itself) == false)
        }
        try await engine.stop()
    }

    @Test func listsOfModelsAreMergedInBothDialects() async throws {
        let ollama = try await FakeEngine.start(.ollama, models: ["a:latest", "both:latest"], loaded: ["a:latest"])
        let openai = try await FakeEngine.start(.openai, models: ["b"])
        try await GatewayFixture.with([ollama.spec("x"), openai.spec("y")]) { gateway in
            let tags = try await gateway.get("/api/tags").body
            let models = try await gateway.get("/v1/models").body
            for name in ["a:latest", "both:latest", "b"] {
                #expect(tags.contains(#""name":"\#(name)""#))
                #expect(models.contains(#""id":"\#(name)""#))
            }
            #expect(try await gateway.get("/api/ps").body.contains(#""name":"a:latest""#))
            #expect(try await gateway.get("/api/ps").body.contains(#""name":"both:latest""#) == false)
            #expect(try await gateway.get("/api/version").body == #"{"version":"0.9.9"}"#)
            #expect(try await gateway.get("/").body == "Ollama is running")
            #expect(try await gateway.get("/v1/models/b").status == 200)
            #expect(try await gateway.get("/v1/models/none").status == 404)
            #expect(try await gateway.post("/api/show", #"{"model":"b"}"#).status == 200)
            let wrong = try await gateway.get("/api/chat")
            #expect(wrong.status == 405)
            #expect(wrong.headers[.allow] == "POST")
        }
        try await ollama.stop()
        try await openai.stop()
    }

    @Test(arguments: [
        (nil, "http://127.0.0.1:11434"), ("0.0.0.0", "http://127.0.0.1:11434"), ("gpu:1234", "http://gpu:1234"),
        ("https://ollama.example.com", "https://ollama.example.com:443"), ("http://h:9/", "http://h:9"), (" \"h\" ", "http://h:11434"),
    ])
    func ollamaHostIsReadAsOllamaReadsIt(_ value: String?, _ url: String) {
        #expect(Discovery.ollamaURL(value) == url)
    }
}
