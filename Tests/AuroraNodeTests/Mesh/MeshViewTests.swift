import AuroraAPI
import AuroraConfig
import AuroraHTTP
import AuroraModel
import AuroraSystem
import AuroraTestSupport
import Foundation
import HTTPTypes
import NIOCore
import Testing

@testable import AuroraNode

@Suite("The mesh as a node shows it", .timeLimit(.minutes(1)))
struct MeshViewTests {
    private static let question = #"{"model":"a:latest","messages":[{"role":"user","content":"hi"}],"stream":true}"#

    private static let others: @Sendable (inout Manifest) -> Void = { manifest in
        manifest.nodes = [
            manifest.thisNode, NodeSpec(name: "book_1", role: .laptop), NodeSpec(name: "podTx", role: .gpu),
        ]
    }

    @Test func inANumberOfFieldsOnTheGateway() async throws {
        let engine = try await FakeEngine.start(.ollama, models: ["a:latest", "b:latest"], loaded: ["a:latest"])
        try await RunningNode.with(engines: [engine], change: Self.others) { node async throws in
            let answer = try await node.ask(node.addresses.gateway + "/mesh/status")
            #expect(answer.status == 200)
            #expect(answer.body.contains("\"total_vram_gb\":0"))
            #expect(answer.body.contains("\"podTx\":{"))
            let status = try answer.decode(MeshStatus.self)
            #expect(status.node == "testnode")
            #expect(status.totalNodes == 3)
            #expect(status.onlineNodes == 1)
            #expect(status.nodes["book_1"]?.status == .asleep)
            #expect(status.nodes["podTx"]?.status == .offline)
            let worker = try #require(status.nodes["testnode"]?.workers.first)
            #expect(worker.name == "engine0")
            #expect(worker.models == ["a:latest", "b:latest"])
            #expect(worker.loaded == ["a:latest"])
            let list = try await node.ask(node.addresses.gateway + "/mesh/nodes").decode(MeshNodeList.self)
            #expect(list.nodes.map(\.name) == ["testnode", "book_1", "podTx"])
        }
        try await engine.stop()
    }

    @Test func inFullOnTheNodeAPIAndItsSocket() async throws {
        let engine = try await FakeEngine.start(.ollama, models: ["a:latest"])
        try await RunningNode.with(engines: [engine], change: { $0.aliases = [ModelAlias(name: "fast", model: "a:latest")] }) {
            node async throws in
            for base in [node.addresses.console, node.local] {
                let view = try await node.ask(base + "/api/mesh").decode(MeshView.self)
                #expect(view.workers.map(\.name) == ["engine0"])
                #expect(view.workers.first?.takesWork == true)
                #expect(view.models.map(\.name) == ["a:latest"])
                #expect(view.models.first?.aliases == ["fast"])
                #expect(view.nodes.map(\.status) == [.online])
            }
        }
        try await engine.stop()
    }

    @Test func atOnceAndAgainEachSecond() async throws {
        try await RunningNode.with { node async throws in
            let reply = try await node.open(node.addresses.console + "/api/mesh/stream")
            #expect(reply.headers[.contentType] == "text/event-stream; charset=utf-8")
            var seen: [MeshView] = []
            for try await piece in reply.body {
                let text = String(buffer: piece)
                let prefix = "event: mesh\ndata: "
                #expect(text.hasPrefix(prefix))
                seen.append(try Wire.decode(MeshView.self, from: Data(text.dropFirst(prefix.count).utf8)))
                if seen.count == 2 { break }
            }
            #expect(seen.map(\.node) == ["testnode", "testnode"])
        }
    }

    @Test func tellsWhyARequestWentWhereItWent() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["a:latest"])
        try await RunningNode.with(engines: [engine]) { node async throws in
            let id = "my/request=1"
            let asked = try await node.ask(
                .post, node.addresses.gateway + "/v1/chat/completions", headers: [.xRequestID: id], body: Self.question)
            #expect(asked.status == 200)
            let path = node.local + "/api/mesh/decisions/my%2Frequest%3D1"
            #expect(await eventually { (try? await node.ask(path).status) == 200 })
            let decision = try await node.ask(path).decode(MeshDecision.self)
            #expect(decision.id == id)
            #expect(decision.worker == "engine0")
            #expect(decision.model == "a:latest")
            #expect(decision.route == "/v1/chat/completions")
            #expect(decision.reason == "only")
            #expect(decision.why == "'engine0' is the only worker that could take it")
            #expect(decision.status == 200)
            #expect(try #require(decision.firstTokenSeconds) <= decision.seconds)
            let list = try await node.ask(node.local + "/api/mesh/decisions?limit=1").decode(MeshDecisionList.self)
            #expect(list.decisions.map(\.id) == [id])
            #expect(try await node.ask(node.local + "/api/mesh").decode(MeshView.self).lastDecision == id)
        }
        try await engine.stop()
    }

    @Test func saysWhatIsKeptWhenARequestIsNotKnown() async throws {
        try await RunningNode.with { node async throws in
            let answer = try await node.ask(node.addresses.console + "/api/mesh/decisions/nobody%00%0A")
            #expect(answer.status == 404)
            #expect(answer.errorCode == "not_found")
            #expect(answer.body.contains("the last 512"))
        }
    }

    @Test(arguments: ["0", "-1", "513", "many", "", "1e9", "99999999999999999999"]) func refusesALimitThatIsNone(limit: String) async throws
    {
        try await RunningNode.with { node async throws in
            let answer = try await node.ask(node.addresses.console + "/api/mesh/decisions?limit=\(limit)")
            #expect(answer.status == 400)
            #expect(answer.body.contains("a whole number from 1 to 512"))
        }
    }

    @Test func isForThoseWhoMayUseOrReadIt() async throws {
        let tokens = [
            ManifestToken(name: "phone", scopes: [.chat], value: Secret("phone-token-0123456789")),
            ManifestToken(name: "reader", scopes: [.read], value: Secret("reader-token-0123456789")),
        ]
        try await RunningNode.with(change: { $0.tokens = tokens }) { node async throws in
            let urls = [
                node.addresses.gateway + "/mesh/status", node.addresses.console + "/api/mesh",
                node.addresses.console + "/api/mesh/decisions",
            ]
            for url in urls {
                #expect(try await node.ask(url).status == 401)
                let refused = try await node.ask(url, headers: [.authorization: "Bearer phone-token-0123456789"])
                #expect(refused.status == 403)
                #expect(refused.errorCode == "forbidden")
                #expect(try await node.ask(url, headers: [.authorization: "Bearer reader-token-0123456789"]).status == 200)
            }
            let drain = try await node.ask(
                .post, node.addresses.console + "/api/mesh/drain", headers: [.authorization: "Bearer reader-token-0123456789"],
                body: #"{"node":"testnode"}"#)
            #expect(drain.status == 403)
        }
    }

    @Test func servesTasksAndModelsWhereTheCommandLineIs() async throws {
        try await RunningNode.with { node async throws in
            #expect(try await node.ask(node.local + "/tasks").status == 200)
            let pull = try await node.ask(.post, node.local + "/api/pull", body: #"{"model":"m"}"#)
            #expect(pull.status == 503)
            #expect(pull.body.contains("there is no engine"))
            #expect(try await node.ask(node.local + "/api/status").decode(NodeStatus.self).node == "testnode")
        }
    }
}
