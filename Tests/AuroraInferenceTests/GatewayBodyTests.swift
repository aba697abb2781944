import AuroraDialects
import AuroraHTTP
import AuroraModel
import AuroraTestSupport
import Foundation
import HTTPTypes
import Testing

@testable import AuroraInference

/// Bodies that lie in a file on their way.
@Suite("Large bodies")
struct GatewayBodyTests {
    /// From 1 KB on.
    private static func limits(_ folder: String, body: Int = 64 * 1024 * 1024) -> GatewayLimits {
        var limits = GatewayLimits(bodyBytes: body, bodyFolder: folder)
        limits.memoryBodyBytes = 1024
        return limits
    }

    private static func body(_ model: String, bytes: Int, stream: Bool = false) -> String {
        let image = String(repeating: "iVBORw0KGgo+/AAA", count: bytes / 16)
        return #"{"messages":[{"role":"user","content":"hi","images":["\#(image)"]}],"stream":\#(stream),"model":"\#(model)","end":1}"#
    }

    @Test(arguments: [2_000, 300_000, 3_000_000])
    func anEngineGetsTheBytesAsTheyCame(_ bytes: Int) async throws {
        let folder = NSTemporaryDirectory()
        let engine = try await FakeEngine.start(.ollama, models: ["m:latest", "m2"])
        try await GatewayFixture.with([engine.spec("a")], limits: Self.limits(folder)) { gateway async throws in
            let sent = Self.body("m:latest", bytes: bytes)
            #expect(try await gateway.post("/api/chat", sent).status == 200)
            #expect(engine.received.last?.body == sent)
            #expect(await eventually { gateway.holdsNothing })
        }
        try await engine.stop()
    }

    @Test func theModelIsRenamedAndNothingElse() async throws {
        let folder = NSTemporaryDirectory()
        let engine = try await FakeEngine.start(.ollama, models: ["m:latest"])
        try await GatewayFixture.with([engine.spec("a")], limits: Self.limits(folder)) { gateway async throws in
            #expect(try await gateway.post("/api/chat", Self.body("m", bytes: 600_000)).status == 200)
            #expect(engine.received.last?.body == Self.body("m:latest", bytes: 600_000))
        }
        try await engine.stop()
    }

    @Test func aBodyIsTranslatedForAnotherWire() async throws {
        let folder = NSTemporaryDirectory()
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await GatewayFixture.with([engine.spec("a")], limits: Self.limits(folder)) { gateway async throws in
            #expect(try await gateway.post("/api/chat", Self.body("m", bytes: 100_000)).status == 200)
            #expect(engine.received.last?.path == "/v1/chat/completions")
            #expect(engine.received.last?.body.contains("data:image/png;base64,iVBOR") == true)
            #expect(await eventually { gateway.holdsNothing })
        }
        try await engine.stop()
    }

    @Test func theNextWorkerGetsAllOfIt() async throws {
        let folder = NSTemporaryDirectory()
        let (one, two) = (try await FakeEngine.start(.openai, models: ["m"]), try await FakeEngine.start(.openai, models: ["m"]))
        for engine in [one, two] { engine.script(.status(503, "{}")) }
        try await GatewayFixture.with([one.spec("a"), two.spec("b")], limits: Self.limits(folder)) { gateway async throws in
            let sent = Self.body("m", bytes: 2_000_000)
            let answer = try await gateway.post("/v1/chat/completions", sent)
            #expect(answer.status == 503)
            #expect(one.received.first?.body == sent && two.received.first?.body == sent, "\(answer)")
        }
        try await one.stop()
        try await two.stop()
    }

    @Test(arguments: ["{", #"{"model":"m",}"#, "[", #"{"model":7,"#])
    func garbageIsRefused(_ start: String) async throws {
        let folder = NSTemporaryDirectory()
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await GatewayFixture.with([engine.spec("a")], limits: Self.limits(folder)) { gateway async throws in
            let answer = try await gateway.post("/v1/chat/completions", start + String(repeating: " ", count: 5000))
            #expect(answer.status == 400 && answer.body.hasPrefix(#"{"error":{"message":"#))
            #expect(engine.received.isEmpty && gateway.holdsNothing)
        }
        try await engine.stop()
    }

    @Test func aFolderThatCannotBeWrittenIsNamed() async throws {
        var limits = GatewayLimits(bodyFolder: "/nowhere")
        limits.memoryBodyBytes = 1024
        try await GatewayFixture.with([], limits: limits) { gateway async throws in
            let answer = try await gateway.post("/v1/chat/completions", Self.body("m", bytes: 5000))
            #expect(answer.status == 503 && answer.body.contains("cannot make a file in '/nowhere': No such file or directory"))
            #expect(gateway.holdsNothing)
        }
    }

    @Test func tooManyAtOnceAreRefusedAndAClientThatLeavesFreesItsPlace() async throws {
        var limits = Self.limits(NSTemporaryDirectory())
        limits.storedBytes = 1_000_000
        let engine = try await FakeEngine.start(.ollama, models: ["other"])
        try await GatewayFixture.with([engine.spec("a")], limits: limits) { [limits] gateway async throws in
            let first = try await RawConnection.open(port: gateway.port)
            try await first.send(
                "POST /api/chat HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n" + String(repeating: " ", count: 600_000))
            #expect(await eventually { gateway.gateway.bodiesInFiles.now + gateway.gateway.bodiesInMemory.now == 600_000 })
            #expect(try await gateway.post("/api/chat", Self.body("m", bytes: limits.storedBytes / 2)).status == 503)
            try await first.close()
            #expect(await eventually { gateway.holdsNothing })
            #expect(try await gateway.post("/api/chat", Self.body("m", bytes: limits.storedBytes / 2)).status == 404)
        }
        try await engine.stop()
    }
}
