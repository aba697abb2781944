import AuroraHTTP
import AuroraModel
import AuroraSystem
import AuroraTestSupport
import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import AuroraInference

@Suite("The gateway's limits")
struct GatewaySafetyTests {
    @Test func tokensAndTheirScopesAreAskedFor() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        let authenticator = Authenticator([
            (TokenHash.hash("good"), Principal(name: "good", scopes: [.mesh])),
            (TokenHash.hash("reader"), Principal(name: "reader", scopes: [.read])),
        ])
        try await GatewayFixture.with([engine.spec("a")], authenticator: authenticator) { gateway in
            let none = try await gateway.post("/v1/chat/completions", wholeBody)
            #expect(none.status == 401)
            #expect(none.headers[.wwwAuthenticate] == #"Bearer realm="aurora""#)
            #expect(try await gateway.post("/api/chat", wholeBody, headers: [.authorization: "Bearer bad"]).status == 401)
            #expect(try await gateway.post("/api/chat", wholeBody, headers: [.authorization: "Bearer reader"]).status == 403)
            #expect(try await gateway.post("/v1/chat/completions", wholeBody, headers: [.authorization: "bearer good"]).status == 200)
            #expect(try await gateway.post("/v1/chat/completions", wholeBody, headers: [.xAPIKey: "good"]).status == 200)
            #expect(try await gateway.get("/v1/models").status == 401)
            #expect(engine.received.allSatisfy { $0.headers["authorization"] == nil && $0.headers["x-api-key"] == nil })
        }
        try await engine.stop()
    }

    @Test(arguments: ["", "{", "[]", "nonsense", #"{"messages":[]}"#, #"{"model":7}"#, #"{"model":""}"#, #"{"model":"m","stream":"yes"}"#])
    func badBodiesAreRefusedInTheShapeOfTheDialect(_ body: String) async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await GatewayFixture.with([engine.spec("a")]) { gateway in
            let openai = try await gateway.post("/v1/chat/completions", body)
            #expect(openai.status == 400)
            #expect(openai.body.hasPrefix(#"{"error":{"message":"#))
            let ollama = try await gateway.post("/api/chat", body)
            #expect(ollama.status == 400)
            #expect(ollama.body.hasPrefix(#"{"error":""#))
            #expect(engine.received.isEmpty)
        }
        try await engine.stop()
    }

    @Test func aBodyOverTheLimitIsRefusedBeforeItIsRead() async throws {
        try await GatewayFixture.with([], limits: GatewayLimits(bodyBytes: 1000)) { gateway in
            let client = try await RawConnection.open(port: gateway.port)
            try await client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000000\r\n\r\n")
            let announced = await client.read(until: "'limits: body:'")
            #expect(announced.hasPrefix("HTTP/1.1 413"))
            let chunked = try await RawConnection.open(port: gateway.port)
            let piece = "400\r\n" + String(repeating: "x", count: 1024) + "\r\n"
            try await chunked.send("POST /api/chat HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(piece)\(piece)0\r\n\r\n")
            #expect(await chunked.readToEnd().hasPrefix("HTTP/1.1 413"))
            #expect(gateway.holdsNothing)
        }
    }

    @Test func garbageGetsAClearAnswerAndTheGatewayLives() async throws {
        try await GatewayFixture.with([]) { gateway in
            var generator = SeededGenerator(seed: 7)
            for round in 0..<300 {
                let client = try await RawConnection.open(port: gateway.port)
                let bytes = Self.garbage(round, &generator)
                try await client.send(bytes: bytes + Array("\r\n\r\n".utf8))
                let answer = await client.read(until: "\r\n")
                #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(answer)")
                try? await client.close()
            }
            #expect(try await gateway.get("/api/version").status == 200)
        }
    }

    private static func garbage(_ round: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        let line = Array("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}".utf8)
        guard round % 3 != 0 else {
            return (0..<Int.random(in: 1...200, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
        }
        return line.map { byte in Int.random(in: 0..<20, using: &generator) == 0 ? UInt8.random(in: 0...255, using: &generator) : byte }
    }

    @Test func noByteTheGatewayHeldStaysHeld() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await GatewayFixture.with([engine.spec("a")]) { gateway in
            for _ in 0..<20 { _ = try await gateway.post("/v1/chat/completions", wholeBody) }
            #expect(gateway.holdsNothing)
            #expect(gateway.gateway.load.inFlight == 0)
            #expect(gateway.gateway.load.requests == 20)
        }
        try await engine.stop()
    }
}

/// The same numbers on every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
