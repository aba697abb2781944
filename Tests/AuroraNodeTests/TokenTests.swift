import AuroraAPI
import AuroraConfig
import AuroraModel
import AuroraSystem
import AuroraTestSupport
import HTTPTypes
import NIOCore
import Testing

@testable import AuroraNode

@Suite("Tokens of a node", .timeLimit(.minutes(1)))
struct TokenTests {
    @Test func areMadeListedAndRevokedOverTheUnixSocket() async throws {
        try await RunningNode.with { node async throws in
            #expect(try await node.ask(node.local + "/api/tokens").decode(TokenList.self).tokens.isEmpty)
            let made = try await node.ask(.post, node.local + "/api/tokens", body: #"{"name":"phone","scopes":["read","chat"]}"#)
            #expect(made.status == 201)
            let created = try made.decode(TokenCreated.self)
            #expect(created.name == "phone")
            #expect(created.scopes == [.chat, .read])

            let list = try await node.ask(node.local + "/api/tokens")
            #expect(!list.body.contains(created.token))
            let entry = try #require(try list.decode(TokenList.self).tokens.first)
            #expect(entry.name == "phone")
            #expect(entry.origin == "store")
            #expect(entry.createdAt != nil)

            let url = node.addresses.console + "/api/status"
            #expect(try await node.ask(url).status == 401)
            #expect(try await node.ask(url, headers: [.authorization: "Bearer \(created.token)"]).status == 200)

            #expect(try await node.ask(.delete, node.local + "/api/tokens/phone").status == 204)
            #expect(
                try await node.ask(url, headers: [.authorization: "Bearer \(created.token)"]).status == 200, "open again without tokens")
            #expect(try await node.ask(.delete, node.local + "/api/tokens/phone").errorCode == "not_found")
        }
    }

    @Test func areNoBusinessOfCallersWithoutOne() async throws {
        try await RunningNode.with { node async throws in
            let url = node.addresses.console + "/api/tokens"
            for answer in [
                try await node.ask(url), try await node.ask(.post, url, body: #"{"name":"evil","scopes":["admin"]}"#),
                try await node.ask(.delete, url + "/x"),
            ] {
                #expect(answer.status == 403)
                #expect(answer.errorCode == "forbidden")
            }
            #expect(try await node.ask(node.local + "/api/tokens").decode(TokenList.self).tokens.isEmpty)
        }
    }

    @Test func areHandledByAdminsOnly() async throws {
        try await RunningNode.with { node async throws in
            func make(_ name: String, _ scope: String) async throws -> String {
                let body = "{\"name\":\"\(name)\",\"scopes\":[\"\(scope)\"]}"
                return try await node.ask(.post, node.local + "/api/tokens", body: body).decode(TokenCreated.self).token
            }
            let (phone, boss) = (try await make("phone", "chat"), try await make("boss", "admin"))
            let url = node.addresses.console + "/api/tokens"
            #expect(try await node.ask(url, headers: [.authorization: "Bearer \(phone)"]).status == 403)
            #expect(
                try await node.ask(url, headers: [.authorization: "Bearer \(boss)"]).decode(TokenList.self).tokens.map(\.name) == [
                    "boss", "phone",
                ])
        }
    }

    @Test(arguments: [
        ("", 400), ("{", 400), ("[]", 400), ("null", 400), ("{}", 400), (#"{"name":"a"}"#, 400), (#"{"name":7,"scopes":["chat"]}"#, 400),
        (#"{"name":"a","scopes":["root"]}"#, 400), (#"{"name":"a","scopes":[]}"#, 400), (#"{"name":"","scopes":["chat"]}"#, 400),
        (#"{"name":"a b","scopes":["chat"]}"#, 400), (#"{"name":"../x","scopes":["chat"]}"#, 400),
        (#"{"name":"ü","scopes":["chat"]}"#, 400),
        ("{\"name\":\"\(String(repeating: "x", count: 65))\",\"scopes\":[\"chat\"]}", 400), (String(repeating: "x", count: 100_000), 413),
        (#"{"name":"written","scopes":["chat"]}"#, 409),
    ])
    func areNotMadeOfNonsense(body: String, status: Int) async throws {
        let tokens = [ManifestToken(name: "written", scopes: [.chat], value: Secret("written-token-0123456789"))]
        try await RunningNode.with(change: { $0.tokens = tokens }) { node async throws in
            let answer = try await node.ask(.post, node.local + "/api/tokens", body: body)
            #expect(answer.status == status, "\(answer.body)")
            #expect(answer.errorCode != nil)
            #expect(try await node.ask(node.local + "/api/tokens").decode(TokenList.self).tokens.map(\.name) == ["written"])
        }
    }

    @Test func haveOneNameEach() async throws {
        try await RunningNode.with { node async throws in
            let body = #"{"name":"phone","scopes":["chat"]}"#
            #expect(try await node.ask(.post, node.local + "/api/tokens", body: body).status == 201)
            #expect(try await node.ask(.post, node.local + "/api/tokens", body: body).errorCode == "conflict")
        }
    }

    @Test func ofTheManifestAreRevokedThere() async throws {
        let tokens = [ManifestToken(name: "written", scopes: [.chat], value: Secret("written-token-0123456789"))]
        try await RunningNode.with(change: { $0.tokens = tokens }) { node async throws in
            let answer = try await node.ask(.delete, node.local + "/api/tokens/written")
            #expect(answer.errorCode == "conflict")
            #expect(answer.body.contains("remove it from 'tokens:' in aurora.yml"))
            let entry = try #require(try await node.ask(node.local + "/api/tokens").decode(TokenList.self).tokens.first)
            #expect(entry.origin == "manifest")
        }
    }
}
