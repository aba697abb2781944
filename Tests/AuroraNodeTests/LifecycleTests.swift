import AuroraAPI
import AuroraConfig
import AuroraHTTP
import AuroraModel
import AuroraMonitoring
import AuroraStore
import AuroraSystem
import AuroraTestSupport
import Foundation
import HTTPTypes
import NIOCore
import Testing

@testable import AuroraNode

@Suite("A node", .timeLimit(.minutes(1)))
struct LifecycleTests {
    private struct Conversation: Decodable {
        struct Message: Decodable { let id, role, content, state: String }
        let messages: [Message]
    }

    private func prepare(_ settings: NodeSettings) async throws -> Node {
        try await Node.prepare(settings, metrics: PrometheusMetrics(), logger: RunningNode.logger)
    }

    @Test func thatStopsLetsARunningStreamFinishAndTakesNoMoreConnections() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await RunningNode.with(engines: [engine]) { node async throws in
            engine.script(.stepwise(["one", "two"]))
            let body = #"{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}"#
            let reply = try await node.open(.post, node.addresses.gateway + "/v1/chat/completions", body: body)
            var pieces = reply.body.makeAsyncIterator()
            var text = ""
            while !text.contains("one"), let piece = try await pieces.next() { text += String(buffer: piece) }
            await node.stop()
            for address in node.addresses.ports {
                #expect(await eventually { (try? await RawConnection.open(port: address.port)) == nil })
            }
            while engine.release() {}
            while let piece = try await pieces.next() {
                text += String(buffer: piece)
                engine.release()
            }
            #expect(text.contains("two"))
            #expect(text.hasSuffix("data: [DONE]\n\n"))
        }
        try await engine.stop()
    }

    @Test func thatStopsLetsAChatAnswerFinishAndKeepsIt() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await withTemporaryFolder { folder async throws in
            let settings = RunningNode.settings(folder, engines: [engine])
            try await RunningNode.with(settings) { node async throws in
                engine.script(.stepwise(["one", "two"]))
                let reply = try await node.open(.post, node.addresses.chat + "/api/chat", body: #"{"message":"hi","stream":true}"#)
                var text = ""
                for try await piece in reply.body {
                    text += String(buffer: piece)
                    guard text.contains("one") else { continue }
                    if !text.contains("two") { await node.stop() }
                    engine.release()
                }
                #expect(text.contains("\"response\":\"onetwo\""))
            }
        }
        try await engine.stop()
    }

    @Test func thatStopsEndsStreamsWithoutAnEnd() async throws {
        try await RunningNode.with { node async throws in
            var pieces = try await node.open(node.addresses.console + "/api/status/stream").body.makeAsyncIterator()
            #expect(try await pieces.next() != nil)
            let socket = try await SocketClient.open(node.addresses.chat, path: "/ws/page-1")
            await node.stop()
            while try await pieces.next() != nil {}
            #expect(await socket.read(until: "the node is stopping").contains("the node is stopping"))
            try await socket.close()
        }
    }

    @Test func thatStopsCutsWhatRunsBeyondTheDrainTime() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await RunningNode.with(engines: [engine], change: { $0.limits.drain = .milliseconds(100) }) { node async throws in
            engine.script(.hang)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { _ = try? await node.ask(.post, node.addresses.chat + "/api/chat", body: #"{"message":"hi"}"#) }
                #expect(await eventually { engine.received.count == 1 })
                await node.stop()
            }
        }
        try await engine.stop()
    }

    @Test func keepsItsStateFolderToItself() async throws {
        try await withTemporaryFolder { folder async throws in
            let settings = RunningNode.settings(folder)
            try await RunningNode.with(settings) { node async throws in
                let error = await #expect(throws: AuroraError.self) { _ = try await prepare(settings) }
                #expect(error?.code == .conflict)
                #expect(error?.message.hasPrefix("process \(getpid())") == true)
                #expect(error?.message.hasSuffix("uses the state folder '\(folder)'") == true)
                #expect(try await node.ask(node.local + "/health").status == 200)
            }
        }
    }

    @Test(arguments: ["gateway", "chat", "console"]) func namesWhoHoldsAPortItNeeds(name: String) async throws {
        let holder = try BoundSocket.tcp(host: "127.0.0.1", port: 0)
        defer { close(holder.descriptor) }
        guard case .tcp(_, let port) = holder.address else { return }
        try await withTemporaryFolder { folder async throws in
            let settings = RunningNode.settings(folder) { manifest in
                switch name {
                case "gateway": manifest.ports.gateway = port
                case "chat": manifest.ports.chat = port
                default: manifest.ports.console = port
                }
            }
            let error = await #expect(throws: AuroraError.self) { _ = try await prepare(settings) }
            #expect(error?.code == .portTaken)
            #expect(error?.message.hasPrefix("port \(port), which the \(name) needs, is taken by ") == true)
            #expect(error?.message.contains("(pid \(getpid())") == true, "\(error?.message ?? "")")
            #expect(error?.hint?.contains("ports: { \(name):") == true)
            // Nothing is left behind: the folder can be claimed again.
            try await RunningNode.with(RunningNode.settings(folder)) { node async throws in
                #expect(try await node.ask(node.local + "/health").status == 200)
            }
        }
    }

    @Test func hasItsConversationsAndTokensAgainAfterARestart() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await withTemporaryFolder { folder async throws in
            let settings = RunningNode.settings(folder, engines: [engine])
            try await RunningNode.with(settings) { node async throws in
                let answer = try await node.ask(.post, node.local + "/api/chat", body: #"{"message":"remember me"}"#)
                #expect(answer.status == 200)
                #expect(try await node.ask(.post, node.local + "/api/tokens", body: #"{"name":"phone","scopes":["chat"]}"#).status == 201)
            }
            try await RunningNode.with(settings) { node async throws in
                #expect(try await node.ask(node.local + "/api/conversations").body.contains("remember me"))
                #expect(try await node.status().tokensRequired)
                #expect(try await node.ask(node.addresses.chat + "/api/conversations").status == 401)
            }
        }
        try await engine.stop()
    }

    @Test func marksAnAnswerThatGrewWhenItDiedAsInterrupted() async throws {
        try await withTemporaryFolder { folder async throws in
            try await leaveGrowingAnswer(in: folder)
            try await RunningNode.with(RunningNode.settings(folder)) { node async throws in
                #expect(
                    await eventually {
                        let kept = try? await node.ask(node.local + "/api/conversations/c").decode(Conversation.self)
                        return kept?.messages.map(\.state) == ["complete", "interrupted"]
                    })
                let kept = try await node.ask(node.local + "/api/conversations/c").decode(Conversation.self)
                #expect(kept.messages.map(\.content) == ["question", "half an ans"])
            }
        }
    }

    /// As kill -9 leaves it.
    private func leaveGrowingAnswer(in folder: String) async throws {
        let store = try SQLiteStore.open(in: try StateFolder.claim(folder))
        try await store.create(.sample("c"))
        _ = try await store.append(question: .sample("q", "question"), answer: .growing("a"))
        try await store.write(AnswerProgress(messageID: "a", content: "half an ans", state: .growing))
    }

    @Test func thatIsCutOffKeepsWhatItsAnswerHadSaid() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await withTemporaryFolder { folder async throws in
            let settings = RunningNode.settings(folder, engines: [engine]) { $0.limits.drain = .milliseconds(100) }
            try await RunningNode.with(settings) { node async throws in
                engine.script(.stepwise(["one", "two"]))
                let reply = try await node.open(.post, node.addresses.chat + "/api/chat", body: #"{"message":"hi","stream":true}"#)
                var text = ""
                for try await piece in reply.body {
                    text += String(buffer: piece)
                    if text.contains("one") { break }
                }
                await node.stop()
            }
            try await RunningNode.with(settings) { node async throws in
                let list = try await node.ask(node.local + "/api/conversations").body
                let id = try #require(list.firstMatch(of: /"id":"([^"]+)"/).map { String($0.1) })
                let kept = try await node.ask(node.local + "/api/conversations/\(id)").decode(Conversation.self)
                #expect(kept.messages.map(\.state) == ["complete", "interrupted"])
                #expect(kept.messages.map(\.content) == ["hi", "one"])
            }
        }
        try await engine.stop()
    }
}
