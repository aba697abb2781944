import AuroraAPI
import AuroraConfig
import AuroraModel
import AuroraTestSupport
import Foundation
import HTTPTypes
import Testing

@testable import AuroraNode

@Suite("Steering the mesh", .timeLimit(.minutes(1)))
struct MeshSteeringTests {
    private static let question = #"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#

    private func drain(_ drain: Bool, _ name: String, _ node: RunningNode) async throws -> RunningNode.Answer {
        try await node.ask(.post, node.local + "/api/mesh/drain", body: "{\"node\":\"\(name)\",\"drain\":\(drain)}")
    }

    @Test func drainedNodeTakesNothingNewUntilItIsTakenBack() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await RunningNode.with(engines: [engine]) { node async throws in
            let answer = try await drain(true, "testnode", node).decode(DrainAnswer.self)
            #expect(answer.draining)
            #expect(answer.message == "the engines of 'testnode' get no new requests from any node; what runs goes on")
            let chat = node.addresses.gateway + "/v1/chat/completions"
            #expect(try await node.ask(.post, chat, body: Self.question).status == 503)
            let view = try await node.ask(node.local + "/api/mesh").decode(MeshView.self)
            #expect(view.nodes.first?.status == .draining)
            #expect(view.workers.first?.takesWork == false)
            let report = try await node.ask(node.local + "/api/mesh/self")
            #expect(report.body.contains("\"is_draining\":true"))
            #expect(try await drain(false, "testnode", node).decode(DrainAnswer.self).draining == false)
            #expect(try await node.ask(.post, chat, body: Self.question).status == 200)
        }
        try await engine.stop()
    }

    @Test func drainedNodeIsStillDrainedAfterARestart() async throws {
        try await withTemporaryFolder { folder async throws in
            let settings = RunningNode.settings(folder) { $0.nodes = [$0.thisNode, NodeSpec(name: "desk", role: .workstation)] }
            try await RunningNode.with(settings) { node async throws in
                #expect(try await drain(true, "desk", node).status == 200)
            }
            try await RunningNode.with(settings) { node async throws in
                let nodes = try await node.ask(node.local + "/api/mesh").decode(MeshView.self).nodes
                #expect(nodes.map(\.drainedHere) == [false, true])
            }
        }
    }

    @Test func unknownNodeIsRefusedWithTheNearest() async throws {
        try await RunningNode.with { node async throws in
            let answer = try await drain(true, "testnod", node)
            #expect(answer.status == 404)
            #expect(answer.body.contains("did you mean 'testnode'?"))
        }
    }

    @Test(arguments: ["", "{", "[]", "{}", #"{"node":7}"#, #"{"node":"testnode","drain":"yes"}"#, "\u{0}"])
    func bodyThatMakesNoSenseIsRefused(body: String) async throws {
        try await RunningNode.with { node async throws in
            for path in ["drain", "load", "unload"] {
                let answer = try await node.ask(.post, node.local + "/api/mesh/\(path)", body: body)
                #expect(answer.status == 400)
                #expect(answer.errorCode == "invalid")
            }
        }
    }

    @Test func modelIsLoadedWhereItIsWanted() async throws {
        let engines = [
            try await FakeEngine.start(.ollama, models: ["m:latest"]),
            try await FakeEngine.start(.ollama, models: ["m:latest"], loaded: []),
        ]
        try await RunningNode.with(engines: engines) { node async throws in
            #expect(await eventually { (try? await node.status().engines.allSatisfy { $0.state == "up" }) == true })
            let answer = try await node.ask(.post, node.local + "/api/mesh/load", body: #"{"model":"m","on":"engine1"}"#)
            let loaded = try answer.decode(LoadAnswer.self)
            #expect(loaded.loaded)
            #expect(loaded.worker == "engine1")
            #expect(engines[1].received.last?.path == "/api/generate")
            #expect(engines[0].received.isEmpty)
        }
        for engine in engines { try await engine.stop() }
    }

    @Test func modelIsUnloadedByTheCallThatOllamaKnows() async throws {
        let engine = try await FakeEngine.start(.ollama, models: ["m:latest"])
        try await RunningNode.with(engines: [engine]) { node async throws in
            let answer = try await node.ask(.post, node.local + "/api/mesh/unload", body: #"{"model":"m"}"#)
            #expect(try answer.decode(LoadAnswer.self).loaded == false)
            #expect(engine.received.last?.body.contains(#""keep_alive":0"#) == true)
            let refused = try await node.ask(.post, node.local + "/api/mesh/unload", body: #"{"model":"m","on":"engine0"}"#)
            #expect(refused.status == 400)
        }
        try await engine.stop()
    }

    @Test func modelThatNobodyHasIsToldWithTheNearest() async throws {
        let engine = try await FakeEngine.start(.ollama, models: ["qwen3:8b"])
        try await RunningNode.with(engines: [engine]) { node async throws in
            let answer = try await node.ask(.post, node.local + "/api/mesh/load", body: #"{"model":"qwen3:8"}"#)
            #expect(answer.status == 404)
            #expect(answer.body.contains("cannot load 'qwen3:8'"))
            #expect(answer.body.contains("qwen3:8b"))
            let place = try await node.ask(.post, node.local + "/api/mesh/load", body: #"{"model":"qwen3:8b","on":"engine9"}"#)
            #expect(place.status == 404)
            #expect(place.body.contains("did you mean 'engine0'?"))
        }
        try await engine.stop()
    }
}
