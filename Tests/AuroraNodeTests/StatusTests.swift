import AuroraAPI
import AuroraConfig
import AuroraModel
import AuroraSystem
import AuroraTestSupport
import Foundation
import HTTPTypes
import NIOCore
import Testing

@testable import AuroraNode

@Suite("The status of a node", .timeLimit(.minutes(1)))
struct StatusTests {
    @Test func tellsWhoAndWhereItIsAndWhatItHas() async throws {
        let engine = try await FakeEngine.start(.ollama, models: ["a:latest", "b:latest"], loaded: ["a:latest"])
        try await RunningNode.with(engines: [engine]) { node async throws in
            let answer = try await node.ask(node.addresses.console + "/api/status")
            #expect(answer.headers[.cacheControl] == "no-store")
            let status = try answer.decode(NodeStatus.self)
            #expect(status.node == "testnode")
            #expect(status.role == "lead")
            #expect(status.mesh == "aurora")
            #expect(status.version == AuroraVersion.current)
            #expect(status.uptimeSeconds >= 0)
            #expect(status.addresses["gateway"] == node.addresses.gateway)
            #expect(status.addresses["chat"] == node.addresses.chat)
            #expect(status.addresses["console"] == node.addresses.console)
            #expect(status.ready)
            #expect(!status.tokensRequired)
            #expect(status.localEngine == nil)
            let shown = try #require(status.engines.first)
            #expect(status.engines.count == 1)
            #expect(shown.name == "engine0")
            #expect(shown.url == engine.url)
            #expect(shown.kind == .ollama)
            #expect(shown.state == "up")
            #expect(shown.version == "0.9.9")
            #expect(shown.models.map(\.name) == ["a:latest", "b:latest"])
            #expect(shown.models.map(\.loaded) == [true, false])
        }
        try await engine.stop()
    }

    @Test func countsWhatPassesThroughTheGateway() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await RunningNode.with(engines: [engine]) { node async throws in
            let body = #"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#
            #expect(try await node.ask(.post, node.addresses.gateway + "/v1/chat/completions", body: body).status == 200)
            #expect(await eventually { (try? await node.status().load.requestsTotal) == 1 })
            let status = try await node.status()
            #expect(status.load.inFlight == 0)
            #expect(status.load.failuresTotal == 0)
            #expect(status.load.tokensTotal == 5)
            #expect(status.engines.first?.requests == 1)
        }
        try await engine.stop()
    }

    @Test func saysWhyAnEngineIsDown() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await RunningNode.with(engines: [engine]) { node async throws in
            try await engine.stop()
            #expect(await eventually { (try? await node.status().engines.first?.state) == "down" })
            let status = try await node.status()
            #expect(!status.ready)
            #expect(status.engines.first?.reason?.contains("connection refused") == true)
            try await engine.listen()
            #expect(await eventually { (try? await node.status().ready) == true })
        }
        try await engine.stop()
    }

    @Test func streamsAtOnceAndAgainEachSecond() async throws {
        try await RunningNode.with { node async throws in
            let reply = try await node.open(node.addresses.console + "/api/status/stream")
            #expect(reply.headers[.contentType] == "text/event-stream; charset=utf-8")
            var seen: [NodeStatus] = []
            for try await piece in reply.body {
                let text = String(buffer: piece)
                let prefix = "event: status\ndata: "
                #expect(text.hasPrefix(prefix))
                #expect(text.hasSuffix("\n\n"))
                seen.append(try Wire.decode(NodeStatus.self, from: Data(text.dropFirst(prefix.count).utf8)))
                if seen.count == 2 { break }
            }
            #expect(seen.map(\.node) == ["testnode", "testnode"])
            #expect(seen[1].uptimeSeconds > seen[0].uptimeSeconds)
        }
    }

    @Test func needsTheScopeToRead() async throws {
        let tokens = [ManifestToken(name: "phone", scopes: [.chat], value: Secret("phone-token-0123456789"))]
        try await RunningNode.with(change: { $0.tokens = tokens }) { node async throws in
            for path in ["/api/status", "/api/status/stream"] {
                let answer = try await node.ask(node.addresses.console + path, headers: [.authorization: "Bearer phone-token-0123456789"])
                #expect(answer.status == 403)
                #expect(answer.errorCode == "forbidden")
            }
            #expect(try await node.status().tokensRequired)
        }
    }
}
