import AuroraConfig
import AuroraModel
import AuroraSystem
import AuroraTestSupport
import HTTPTypes
import NIOCore
import Testing

@testable import AuroraNode

@Suite("The console", .timeLimit(.minutes(1)))
struct ConsoleTests {
    @Test func isServedWholeFromTheBinaryWithAStrictPolicy() async throws {
        try await RunningNode.with { node async throws in
            #expect(ConsoleAssets.all.count > 20)
            for asset in ConsoleAssets.all {
                let answer = try await node.ask(node.addresses.console + asset.path)
                #expect(answer.status == 200, "\(asset.path)")
                #expect(answer.headers[.contentType] == asset.type)
                #expect(Array(answer.body.utf8) == asset.bytes)
                #expect(answer.headers[.xContentTypeOptions] == "nosniff")
                let policy = try #require(answer.headers[.contentSecurityPolicy])
                #expect(policy.hasPrefix("default-src 'none';"))
                #expect(policy.contains("frame-ancestors 'none'"))
                #expect(!policy.contains("unsafe"))
                #expect(!policy.contains("http"))
            }
        }
    }

    @Test func namesOnlyFilesThatAreThere() throws {
        let page = try #require(ConsoleAssets.all.first { $0.path == "/" })
        let paths = Set(ConsoleAssets.all.map(\.path))
        let named = String(decoding: page.bytes, as: UTF8.self).matches(of: /(?:src|href)="(\/[^"]*)"/).map { String($0.1) }
        #expect(!named.isEmpty)
        for path in named { #expect(paths.contains(path), "\(path)") }
        for script in ConsoleAssets.all where script.path.hasSuffix(".js") {
            for name in String(decoding: script.bytes, as: UTF8.self).matches(of: /from ['"]\.\/([^'"]+)['"]/).map({ String($0.1) }) {
                #expect(paths.contains("/console/\(name)"), "\(script.path) imports \(name)")
            }
        }
    }

    @Test func isNotSentAgainToABrowserThatHasIt() async throws {
        try await RunningNode.with { node async throws in
            let url = node.addresses.console + "/console/app.js"
            let tag = try #require(try await node.ask(url).headers[.eTag])
            let again = try await node.ask(url, headers: [.ifNoneMatch: tag])
            #expect(again.status == 304)
            #expect(again.body.isEmpty)
            #expect(again.headers[.eTag] == tag)
            #expect(try await node.ask(url, headers: [.ifNoneMatch: "\"other\""]).status == 200)
        }
    }

    @Test func loadsWithoutATokenSoThatItCanAskForOne() async throws {
        let tokens = [ManifestToken(name: "phone", scopes: [.chat], value: Secret("phone-token-0123456789"))]
        try await RunningNode.with(change: { $0.tokens = tokens }) { node async throws in
            #expect(try await node.ask(node.addresses.console + "/").status == 200)
            #expect(try await node.ask(node.addresses.console + "/console/app.js").status == 200)
            #expect(try await node.ask(node.addresses.console + "/console/none.js").status == 401)
            #expect(try await node.ask(node.addresses.console + "/console/../api/status").status == 401)
        }
    }

    @Test func isOnItsOwnPortOnly() async throws {
        try await RunningNode.with { node async throws in
            #expect(try await node.ask(node.addresses.chat + "/console/app.js").status == 404)
            #expect(try await node.ask(node.addresses.gateway + "/console/app.js").status == 404)
        }
    }
}
