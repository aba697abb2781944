import AuroraHTTP
import AuroraModel
import AuroraSystem
import AuroraTestSupport
import HTTPTypes
import NIOCore
import Testing

@testable import AuroraInference

private let blobDigest = "sha256:" + String(repeating: "0a", count: 32)

@Suite("Changing models through the gateway")
struct ModelCallTests {
    /// A gateway in front of these engines.
    private func with(
        _ engines: [ModelsFakeOllama], others: [FakeEngine] = [], rules: ModelRules = ModelRules(),
        authenticator: Authenticator = Authenticator(), _ body: @escaping @Sendable (GatewayFixture) async throws -> Void
    ) async throws {
        try await ModelsFakeOllama.serving(engines) { () async throws in
            let specs = engines.map(\.spec) + others.map { $0.spec("plain") }
            try await GatewayFixture.with(specs, authenticator: authenticator, rules: rules, body)
        }
    }

    @Test func aPullPassesThroughLineByLineAndTheListsShowItAtOnce() async throws {
        let ollama = ModelsFakeOllama("a")
        try await with([ollama]) { gateway async throws in
            let answer = try await gateway.post("/api/pull", #"{"model":"new"}"#)
            #expect(answer.status == 200)
            #expect(answer.headers[.contentType] == "application/x-ndjson")
            #expect(answer.headers["X-Aurora-Worker"] == "a")
            #expect(answer.body.split(separator: "\n").last == #"{"status":"success"}"#)
            #expect(try await gateway.get("/api/tags").body.contains("new:latest"))
        }
    }

    @Test func aPullWithoutAStreamEndsInOneObject() async throws {
        let ollama = ModelsFakeOllama("a")
        try await with([ollama]) { gateway async throws in
            let answer = try await gateway.post("/api/pull", #"{"name":"new","stream":false}"#)
            #expect(answer.status == 200 && answer.body == #"{"status":"success"}"#)
            ollama.failPulls("pull model manifest: file does not exist")
            let failed = try await gateway.post("/api/pull", #"{"name":"none","stream":false}"#)
            #expect(failed.status == 500 && failed.body == #"{"error":"pull model manifest: file does not exist"}"#)
            ollama.refuse(400)
            let refused = try await gateway.post("/api/pull", #"{"name":"none","stream":false}"#)
            #expect(refused.status == 400 && refused.body == #"{"error":"refused here"}"#)
            #expect(try await gateway.post("/api/pull", #"{"name":"none"}"#).status == 400)
        }
    }

    @Test func aPullOnSeveralNodesIsOneStreamThatEndsWhenAllAreDone() async throws {
        let (one, two) = (ModelsFakeOllama("a"), ModelsFakeOllama("b"))
        try await with([one, two], rules: ModelRules(nodes: [("new", ["a", "b"])])) { gateway async throws in
            let answer = try await gateway.post("/api/pull", #"{"model":"new"}"#)
            let lines = answer.body.split(separator: "\n")
            #expect(lines.last == #"{"status":"success"}"#)
            #expect(lines.filter { $0.contains(#""status":"success""#) }.count == 1)
            for name in ["a", "b"] {
                #expect(lines.contains(#"{"status":"done on \#(name)","node":"here","engine":"\#(name)"}"#))
                #expect(lines.contains { $0.contains(#""completed":5"#) && $0.contains(#""engine":"\#(name)""#) })
            }
            #expect(one.models == ["new:latest"] && two.models == ["new:latest"])
        }
    }

    @Test func whenOneOfSeveralFailsTheStreamEndsWithAnErrorThatNamesIt() async throws {
        let (one, two) = (ModelsFakeOllama("a"), ModelsFakeOllama("b"))
        two.failPulls("no space left on device")
        try await with([one, two]) { gateway async throws in
            let answer = try await gateway.post("/api/pull?on=a,b", #"{"model":"new"}"#)
            #expect(answer.body.split(separator: "\n").last == #"{"error":"'b': no space left on device; done on 'a'"}"#)
            #expect(!answer.body.contains(#""status":"success""#))
            two.endPullsEarly()
            two.failPulls("")
            #expect(one.models == ["new:latest"])
        }
    }

    @Test func aPullThatEndsWithoutSuccessIsNoSuccess() async throws {
        let (one, two) = (ModelsFakeOllama("a"), ModelsFakeOllama("b"))
        one.endPullsEarly()
        try await with([one, two]) { gateway async throws in
            let answer = try await gateway.post("/api/pull?on=a", #"{"model":"new","stream":false}"#)
            #expect(answer.status == 502)
            #expect(answer.body == #"{"error":"its answer ended before the pull was done"}"#)
        }
    }

    @Test func withSeveralOllamasACallerIsAskedWhichOne() async throws {
        let (one, two) = (ModelsFakeOllama("a"), ModelsFakeOllama("b"))
        try await with([one, two]) { gateway async throws in
            let open = try await gateway.post("/api/pull", #"{"model":"new"}"#)
            #expect(open.status == 409)
            #expect(open.body.contains("say which one is to pull with the header 'X-Aurora-Node: a' or '?on=a'"))
            #expect(try await gateway.post("/api/pull", #"{"model":"new"}"#, headers: [.auroraNode: "b"]).status == 200)
            #expect(one.models == [] && two.models == ["new:latest"])
        }
    }

    @Test(arguments: [true, false])
    func aClientThatLeavesStopsThePull(_ streams: Bool) async throws {
        let gate = Gate()
        let ollama = ModelsFakeOllama("a", gate: gate)
        try await with([ollama]) { gateway async throws in
            let client = try await RawConnection.open(port: gateway.port)
            let body = #"{"model":"new","stream":\#(streams)}"#
            try await client.send("POST /api/pull HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            #expect(await eventually { ollama.calls == ["POST /api/pull"] })
            if streams { _ = await client.read(until: "pulling manifest") }
            try await client.close()
            #expect(await eventually { ollama.abandoned == 1 })
        }
    }

    @Test func deletingGoesWhereTheModelIsAndOnlyWhenThatIsClear() async throws {
        let (one, two) = (ModelsFakeOllama("a", models: ["m:latest", "x:1"]), ModelsFakeOllama("b", models: ["m:latest"]))
        try await with([one, two]) { gateway async throws in
            #expect(try await gateway.ask(.delete, "/api/delete", #"{"model":"x:1"}"#).status == 200)
            #expect(one.models == ["m:latest"])
            #expect(try await gateway.ask(.delete, "/api/delete", #"{"model":"m"}"#).status == 409)
            #expect(one.models == ["m:latest"] && two.models == ["m:latest"])
            #expect(try await gateway.ask(.delete, "/api/delete?on=a,b", #"{"name":"m"}"#).status == 200)
            #expect(one.models == [] && two.models == [])
            let none = try await gateway.ask(.delete, "/api/delete", #"{"name":"m"}"#)
            #expect(none.status == 404 && none.body == #"{"error":"model 'm' not found"}"#)
        }
    }

    @Test func copyingHappensWhereverTheSourceIs() async throws {
        let (one, two) = (ModelsFakeOllama("a", models: ["m:latest"]), ModelsFakeOllama("b", models: ["m:latest", "o:1"]))
        try await with([one, two]) { gateway async throws in
            #expect(try await gateway.post("/api/copy", #"{"source":"m","destination":"n"}"#).status == 200)
            #expect(one.models.contains("n") && two.models.contains("n"))
            two.refuse(500)
            let failed = try await gateway.post("/api/copy", #"{"source":"m","destination":"k"}"#)
            #expect(failed.status == 500 && failed.body == #"{"error":"'b': refused here; done on 'a'"}"#)
        }
    }

    @Test func aBlobAndItsModelReachTheSameEngine() async throws {
        let (one, two) = (ModelsFakeOllama("a"), ModelsFakeOllama("b"))
        try await with([one, two]) { gateway async throws in
            let path = "/api/blobs/\(blobDigest)"
            #expect(try await gateway.ask(.head, path).status == 409)
            #expect(try await gateway.ask(.head, path, headers: [.auroraNode: "b"]).status == 404)
            #expect(try await gateway.ask(.post, path, "12345", headers: [.auroraNode: "b"]).status == 201)
            #expect(try await gateway.ask(.head, path).status == 200)
            #expect(two.blobs[blobDigest] == 5)
            #expect(one.blobs.isEmpty)
            let body = #"{"model":"mine","files":{"m.gguf":"\#(blobDigest)"}}"#
            #expect(try await gateway.post("/api/create", body).headers["X-Aurora-Worker"] == "b")
            #expect(two.models == ["mine:latest"])
            #expect(try await gateway.ask(.post, "/api/blobs/nonsense", "x").status == 400)
        }
    }

    @Test func aLargeBlobPassesThroughWithoutBeingHeld() async throws {
        let ollama = ModelsFakeOllama("a")
        try await with([ollama]) { gateway async throws in
            let (piece, count) = (ByteBuffer(repeating: 7, count: 1 << 20), 200)
            let pieces = AsyncThrowingStream<ByteBuffer, any Error> { continuation in
                for _ in 0..<count { continuation.yield(piece) }
                continuation.finish()
            }
            let call = HTTPCall(.post, gateway.url + "/api/blobs/\(blobDigest)", headTimeout: .seconds(60), idleTimeout: .seconds(60))
            var upload = call
            upload.upload = HTTPUpload(length: nil, pieces: pieces)
            #expect(try await gateway.http.call(upload).status == 201)
            #expect(ollama.blobs[blobDigest] == count << 20)
        }
    }

    @Test func openAIEnginesSayWhatTheyCannot() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await with([], others: [engine]) { gateway async throws in
            for (path, body) in [("/api/pull", #"{"model":"m"}"#), ("/api/copy", #"{"source":"m","destination":"n"}"#)] {
                let answer = try await gateway.post(path, body)
                #expect(answer.status == 400)
                #expect(answer.body.contains("'plain' is OpenAI-compatible and has no call to"))
            }
        }
        try await engine.stop()
    }

    @Test func aliasesAreFollowedListedAndProtected() async throws {
        let ollama = ModelsFakeOllama("a", models: ["qwen3:8b"])
        let rules = ModelRules(aliases: ModelAliases([("fast", "qwen3:8b")]))
        try await with([ollama], rules: rules) { gateway async throws in
            #expect(try await gateway.get("/api/tags").body.contains(#""name":"fast","model":"fast""#))
            #expect(try await gateway.get("/v1/models").body.contains(#""id":"fast""#))
            #expect(try await gateway.get("/v1/models/fast").body.contains(#""id":"fast""#))
            #expect(try await gateway.post("/api/show", #"{"model":"fast"}"#).status == 200)
            #expect(try await gateway.post("/api/pull", #"{"model":"fast"}"#).status == 200)
            #expect(ollama.bodies == [#"{"model":"qwen3:8b"}"#, #"{"model":"qwen3:8b","stream":true}"#])
            let refused = try await gateway.ask(.delete, "/api/delete", #"{"model":"fast"}"#)
            #expect(refused.status == 409 && refused.body.contains("'fast' is an alias of 'qwen3:8b'"))
            #expect(ollama.models == ["qwen3:8b"])
        }
    }

    @Test func unloadingReachesEveryEngineThatHoldsTheModel() async throws {
        let (one, two) = (
            ModelsFakeOllama("a", models: ["m:latest"], loaded: ["m:latest"]),
            ModelsFakeOllama("b", models: ["m:latest"], loaded: ["m:latest"])
        )
        let three = ModelsFakeOllama("c", models: ["m:latest"])
        try await with([one, two, three]) { gateway async throws in
            let body = ByteBuffer(string: #"{"model":"m","keep_alive":0}"#)
            let answer = await gateway.manager.unload("m", path: "/api/generate", body: body, isForwarded: false)
            #expect(answer?.status == 200)
            #expect(answer.map { String(buffer: $0.body) }?.contains(#""done_reason":"unload""#) == true)
            #expect(one.loaded.isEmpty && two.loaded.isEmpty && three.calls.isEmpty)
            #expect(one.bodies == [#"{"model":"m:latest","keep_alive":0}"#])
            #expect(try await gateway.get("/api/ps").body == #"{"models":[]}"#)
            #expect(await gateway.manager.unload("none", path: "/api/generate", body: body, isForwarded: false) == nil)
        }
    }

    @Test func pullingTakesTheScopeMeshAndChangingTakesAdmin() async throws {
        let ollama = ModelsFakeOllama("a", models: ["m:latest"])
        let tokens = Authenticator([
            (hash: TokenHash.hash("mesh-token"), principal: Principal(name: "m", scopes: [.mesh])),
            (hash: TokenHash.hash("chat-token"), principal: Principal(name: "c", scopes: [.chat])),
            (hash: TokenHash.hash("node-token"), principal: .node),
        ])
        try await with([ollama], authenticator: tokens) { gateway async throws in
            func status(_ token: String, _ method: HTTPRequest.Method, _ path: String, _ headers: HTTPFields = [:]) async throws -> Int {
                var headers = headers
                headers[.authorization] = "Bearer \(token)"
                return try await gateway.ask(method, path, #"{"model":"m"}"#, headers: headers).status
            }
            #expect(try await status("mesh-token", .post, "/api/pull") == 200)
            #expect(try await status("chat-token", .post, "/api/pull") == 403)
            #expect(try await status("mesh-token", .delete, "/api/delete") == 403)
            #expect(try await status("node-token", .delete, "/api/delete") == 403)
            #expect(ollama.models == ["m:latest"])
            #expect(try await status("node-token", .delete, "/api/delete", [.auroraHop: "1", .auroraWorker: "a"]) == 200)
            #expect(ollama.models == [])
        }
    }

    @Test func anEngineOfAnotherNodeIsCalledThroughItsGateway() async throws {
        let far = ModelsFakeOllama("desk/ollama")
        try await ModelsFakeOllama.serving([far]) { () async throws in
            try await GatewayFixture.with([]) { gateway async throws in
                let engine = WorkerReport(name: "ollama", kind: .ollama, isUp: true)
                let desk = NodeReport(
                    node: "desk", role: .workstation, mesh: "aurora", version: "0.1.0", gatewayPort: 1, uptimeSeconds: 1, isDraining: false,
                    workers: [engine], gpus: [])
                gateway.registry.peer(desk, gateway: far.spec.url, token: Secret("node-token"), roundTrip: .milliseconds(1))
                #expect(try await gateway.post("/api/pull?on=desk", #"{"model":"new"}"#).status == 200)
                let headers = try #require(far.headers.last)
                #expect(headers["x-aurora-hop"] == "1" && headers["x-aurora-worker"] == "ollama")
                #expect(headers["authorization"] == "Bearer node-token")
                let forwarded = try await gateway.post("/api/pull", #"{"model":"new"}"#, headers: [.auroraHop: "1"])
                #expect(forwarded.status == 503)
            }
        }
    }

    @Test(arguments: [
        ("/api/pull", "POST, OPTIONS"), ("/api/delete", "DELETE, OPTIONS"), ("/api/blobs/x", "HEAD, POST, OPTIONS"),
        ("/api/tags", "GET, HEAD, OPTIONS"), ("/v1/models", "GET, HEAD, OPTIONS"), ("/api/status", "GET, HEAD, OPTIONS"),
        ("/api/chat", "POST, OPTIONS"), ("/v1/models/m", "GET, HEAD, OPTIONS"),
    ])
    func everyRouteTellsItsMethods(_ path: String, _ allow: String) async throws {
        let ollama = ModelsFakeOllama("a", models: ["m"])
        try await with([ollama]) { gateway async throws in
            let options = try await gateway.ask(.options, path)
            #expect(options.status == 204 && options.headers[.allow] == allow)
            let wrong = try await gateway.ask(.patch, path)
            #expect(wrong.status == 405 && wrong.body.hasPrefix(#"{"error""#))
            if allow.hasPrefix("GET") {
                let head = try await gateway.ask(.head, path)
                #expect(head.status == 200 && head.body.isEmpty)
            }
        }
    }

    @Test func theStatusSaysThatThereIsNoCloud() async throws {
        try await with([]) { gateway async throws in
            #expect(try await gateway.get("/api/status").body == #"{"cloud":{"disabled":true,"source":"config"}}"#)
        }
    }
}
