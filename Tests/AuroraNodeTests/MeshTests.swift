import AuroraConfig
import AuroraMesh
import AuroraModel
import AuroraSystem
import AuroraTestSupport
import Foundation
import HTTPTypes
import Testing

@testable import AuroraNode

@Suite("A node among others", .timeLimit(.minutes(1)))
struct MeshTests {
    private static let token = "0123456789abcdef"
    private static let bearer: HTTPFields = [.authorization: "Bearer \(token)"]

    private func peers(_ node: RunningNode) async throws -> String { try await node.ask(node.local + "/api/mesh/peers").body }

    private func named(_ name: String, _ manifest: inout Manifest) {
        manifest.thisNode = NodeSpec(name: name, role: .gpu)
    }

    @Test func theNodeTokenIsGoodForModelsAndStatusAndNothingElse() async throws {
        try await RunningNode.with {
            $0.nodeToken = Secret(Self.token)
            $0.tokens = [ManifestToken(name: "me", scopes: [.chat], value: Secret("fedcba9876543210"))]
        } _: { node in
            let (console, gateway) = (node.addresses.console, node.addresses.gateway)
            #expect(try await node.ask(console + "/api/mesh/self", headers: Self.bearer).status == 200)
            #expect(try await node.ask(gateway + "/v1/models", headers: Self.bearer).status == 200)
            #expect(try await node.ask(console + "/api/tokens", headers: Self.bearer).status == 403)
            #expect(
                try await node.ask(.post, node.addresses.chat + "/api/chat", headers: Self.bearer, body: "{\"message\":\"hi\"}").status
                    == 403)
            #expect(try await node.ask(console + "/api/mesh/self").status == 401)
            #expect(try await node.ask(console + "/api/mesh/self", headers: [.authorization: "Bearer fedcba9876543210"]).status == 403)
        }
    }

    @Test func aNodeTokenAloneAsksNothingOfOtherCallers() async throws {
        try await RunningNode.with {
            $0.nodeToken = Secret(Self.token)
        } _: { node in
            #expect(try await node.ask(node.addresses.console + "/api/status").status == 200)
            #expect(try await node.ask(node.addresses.gateway + "/v1/models").status == 200)
            #expect(try await node.ask(node.addresses.console + "/api/mesh/self").status == 401)
            #expect(try await node.ask(node.addresses.console + "/api/mesh/self", headers: Self.bearer).status == 200)
        }
    }

    @Test func nodesSeeOneAnother() async throws {
        try await RunningNode.with {
            named("pod", &$0)
        } _: { pod in
            try await RunningNode.with {
                named("lead", &$0)
                $0.nodes = [NodeSpec(name: "lead", role: .lead), NodeSpec(name: "pod", role: .gpu, url: pod.addresses.console)]
            } _: { lead in
                #expect(await eventually { (try? await peers(lead))?.contains("\"state\":\"up\"") == true })
            }
        }
    }

    @Test func aNodeJoinsByDiallingOut() async throws {
        try await RunningNode.with {
            named("lead", &$0)
        } _: { lead in
            try await withTemporaryFolder { folder async throws in
                var settings = RunningNode.settings(folder) { named("pod", &$0) }
                settings.joins = [try JoinTarget(url: lead.addresses.console, token: nil)]
                try await RunningNode.with(settings) { pod in
                    #expect(await eventually { (try? await peers(pod))?.contains("\"state\":\"joined\"") == true })
                    #expect(await eventually { (try? await peers(lead))?.contains("\"way\":\"tunnel\"") == true })
                }
            }
            #expect(await eventually { (try? await peers(lead))?.contains("\"peers\":[]") == true })
        }
    }

    @Test func aVPNThatIsDownKeepsNoNodeFromStarting() async throws {
        // Of the block that is kept for documentation, so no machine has it.
        try await RunningNode.with {
            $0.thisNode = NodeSpec(name: "pod", role: .gpu, vpn: "192.0.2.77")
            $0.listen = ["127.0.0.1", "vpn"]
        } _: { node in
            let warning = "this machine does not have the VPN address '192.0.2.77'; other nodes cannot reach it before the VPN is up"
            #expect(try await node.status().warnings == [warning])
        }
    }
}
