import AuroraConfig
import AuroraModel
import AuroraMonitoring
import AuroraSystem
import AuroraTestSupport
import Foundation
import HTTPTypes
import NIOCore
import Testing

@testable import AuroraNode

@Suite("On every port a node", .timeLimit(.minutes(1)))
struct CommonRoutesTests {
    @Test func saysThatItLives() async throws {
        try await RunningNode.with { node async throws in
            for address in node.addresses.ports + [node.local] {
                let answer = try await node.ask(address + "/health")
                #expect(answer.status == 200)
                #expect(answer.body == "{\"status\":\"ok\",\"version\":\"\(AuroraVersion.current)\"}")
                #expect(answer.headers[.server] == "aurora/\(AuroraVersion.current)")
            }
        }
    }

    @Test func isReadyOnceAnEngineIsUp() async throws {
        try await RunningNode.with { node async throws in
            for address in node.addresses.ports {
                let waiting = try await node.ask(address + "/ready")
                #expect(waiting.status == 503)
                #expect(waiting.headers[.retryAfter] == "1")
                #expect(waiting.body.contains("no engine can answer yet"))
            }
        }
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        try await RunningNode.with(engines: [engine]) { node async throws in
            for address in node.addresses.ports { #expect(try await node.ask(address + "/ready").body == "{\"status\":\"ready\"}") }
        }
        try await engine.stop()
    }

    @Test func showsItsMetrics() async throws {
        try await RunningNode.with { node async throws in
            for address in node.addresses.ports {
                let answer = try await node.ask(address + "/metrics")
                #expect(answer.headers[.contentType] == PrometheusMetrics.contentType)
                #expect(answer.body.contains("process_resident_memory_bytes"))
                #expect(answer.body.contains("version=\"\(AuroraVersion.current)\""))
            }
        }
    }

    @Test func describesItsAPI() async throws {
        struct Document: Decodable {
            struct Path: Decodable {}
            let openapi: String
            let paths: [String: Path]
        }
        try await RunningNode.with { node async throws in
            let places = [
                (node.addresses.gateway, "/v1/chat/completions"), (node.addresses.chat, "/api/chat"),
                (node.addresses.console, "/api/status"),
            ]
            for (address, path) in places {
                let answer = try await node.ask(address + "/openapi.json")
                #expect(answer.status == 200, "\(answer.body.prefix(200))")
                let document = try JSONDecoder().decode(Document.self, from: Data(answer.body.utf8))
                #expect(document.openapi.hasPrefix("3."))
                #expect(document.paths[path] != nil, "\(path) at \(address)")
                #expect(document.paths["/health"] != nil)
            }
        }
    }

    @Test func asksForATokenExceptForHealth() async throws {
        let tokens = [
            ManifestToken(name: "probe", scopes: [.read], value: Secret("probe-token-0123456789")),
            ManifestToken(name: "phone", scopes: [.events], value: Secret("phone-token-0123456789")),
        ]
        try await RunningNode.with(change: { $0.tokens = tokens }) { node async throws in
            for address in node.addresses.ports {
                #expect(try await node.ask(address + "/health").status == 200)
                for path in ["/ready", "/metrics", "/openapi.json", "/api/status", "/v1/models", "/api/conversations", "/nothing"] {
                    #expect(try await node.ask(address + path).status == 401, "\(address)\(path)")
                }
                #expect(try await node.ask(address + "/metrics", headers: [.authorization: "Bearer probe-token-0123456789"]).status == 200)
                #expect(try await node.ask(address + "/metrics", headers: [.authorization: "Bearer phone-token-0123456789"]).status == 403)
            }
            #expect(try await node.ask(node.local + "/metrics").status == 200)
        }
    }

    @Test func saysWhatItDoesNotHave() async throws {
        try await RunningNode.with { node async throws in
            for address in node.addresses.ports {
                let answer = try await node.ask(address + "/no/such/thing")
                #expect(answer.status == 404)
                #expect(answer.body.contains("/no/such/thing"))
            }
        }
    }
}
