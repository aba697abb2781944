import AuroraAPI
import AuroraConfig
import AuroraModel
import AuroraMonitoring
import AuroraNode
import AuroraTestSupport
import Foundation
import Logging
import Testing

@testable import AuroraCommands

@Suite("The command line speaks to a node", .timeLimit(.minutes(1)))
struct NodeConnectionTests {
    /// A node in its own folder, known to answer when the body runs.
    private func withNode(_ body: @Sendable (NodeConnection) async throws -> Void) async throws {
        try await withTemporaryFolder { folder async throws in
            var manifest = Manifest.defaults(host: "testnode")
            (manifest.ports.gateway, manifest.ports.chat, manifest.ports.console) = (0, 0, 0)
            manifest.discovery.loopback = false
            manifest.discovery.localEngine = .off
            let settings = NodeSettings(manifest: manifest, stateFolder: folder, environment: [:])
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let node = try await Node.prepare(settings, metrics: PrometheusMetrics(), logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await node.run(onReady: { _ in }, onProgress: { _ in }) }
                try await body(try NodeConnection(stateFolder: folder))
                tasks.cancelAll()
                try await tasks.waitForAll()
            }
        }
    }

    @Test func overItsSocket() async throws {
        try await withNode { node async throws in
            #expect(try await node.get(NodeStatus.self, "/api/status").node == "testnode")
            let made = try await node.post(TokenCreated.self, "/api/tokens", TokenRequest(name: "phone", scopes: [.chat]))
            #expect(made.token.hasPrefix("aur_"))
            #expect(try await node.get(TokenList.self, "/api/tokens").tokens.map(\.name) == ["phone"])
            try await node.delete("/api/tokens/phone")
            #expect(try await node.get(TokenList.self, "/api/tokens").tokens.isEmpty)
        }
    }

    @Test func andPassesItsWordsOn() async throws {
        try await withNode { node async throws in
            let error = await #expect(throws: AuroraError.self) { try await node.delete("/api/tokens/nobody") }
            #expect(error == AuroraError(.notFound, "there is no token 'nobody'", hint: "'aurora token list' shows the names"))
            let refused = await #expect(throws: AuroraError.self) {
                _ = try await node.post(TokenCreated.self, "/api/tokens", TokenRequest(name: "a b", scopes: [.chat]))
            }
            #expect(refused?.code == .invalid)
            #expect(refused?.exitCode == 2)
        }
    }

    @Test func orSaysThatThereIsNone() async throws {
        try await withTemporaryFolder { folder async throws in
            let error = await #expect(throws: AuroraError.self) {
                _ = try await NodeConnection(stateFolder: folder).get(NodeStatus.self, "/api/status")
            }
            #expect(error?.code == .daemonUnreachable)
            #expect(error?.message == "no node answers on '\(folder)/aurora.sock'")
            #expect(error?.hint == "start it with 'aurora up', or name its state folder with --state")
            #expect(error?.exitCode == 1)
        }
    }

    @Test(arguments: ["with blanks", "100%25", "ünïcode", "a\"b\\c", "a?b#c"]) func inAFolderOfAnyName(name: String) async throws {
        try await withTemporaryFolder { folder async throws in
            let error = await #expect(throws: AuroraError.self) {
                _ = try await NodeConnection(stateFolder: "\(folder)/\(name)").get(NodeStatus.self, "/api/status")
            }
            #expect(error?.message == "no node answers on '\(folder)/\(name)/aurora.sock'")
        }
    }
}
