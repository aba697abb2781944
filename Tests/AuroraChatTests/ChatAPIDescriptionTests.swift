import AuroraDialects
import AuroraTestSupport
import HTTPTypes
import NIOCore
import NIOHTTP1
import Testing

@testable import AuroraChat

struct ChatAPIDescriptionTests {
    @Test func describesExactlyWhatThereIs() throws {
        let service = RunningChat.make(.saying("x")).service
        let endpoints =
            ChatAPI(service: service).endpoints + ConversationAPI(service: service).endpoints
            + PersonalityModelAPI(service: service, gateway: GatewayAddress(url: "", http: FakeGateway())).endpoints
        let real = Set(endpoints.flatMap { endpoint in endpoint.actions.map { "\($0.method.rawValue.lowercased()) \(endpoint.path)" } })
        let paths = try #require(try JSON(parsing: ByteBuffer(bytes: ChatAPIDescription.json))["paths"]?.object)
        let described = Set(
            paths.members.flatMap { path in
                (path.value.object?.members ?? []).filter { $0.key != "parameters" }.map { "\($0.key) \(path.key)" }
            })
        // These stand on every port of a node and are served by it.
        let common: Set = ["get /health", "get /ready", "get /metrics"]
        #expect(real.union(common) == described)
    }

    @Test func theExamplesOfRepliesHaveTheFieldsOfReplies() async throws {
        let components = try #require(try JSON(parsing: ByteBuffer(bytes: ChatAPIDescription.json))["components"]?["schemas"])
        func fields(_ schema: String) -> Set<String> {
            Set(components[schema]?["properties"]?.object?.members.map(\.key) ?? [])
        }
        try await withChatServer(.make(.saying("x"))) { client in
            let reply = try await client.call(.POST, "/api/chat", #"{"message":"Hi"}"#).json
            #expect(Set(reply.object?.members.map(\.key) ?? []) == fields("ChatReply"))
            let id = reply["conversation_id"]?.string ?? ""
            let shown = try await client.call(.GET, "/api/conversations/\(id)").json
            #expect(Set(shown.object?.members.map(\.key) ?? []).subtracting(["messages"]) == fields("Conversation"))
            #expect(Set(shown["messages"]?[0]?.object?.members.map(\.key) ?? []) == fields("Message"))
            let personality = try await client.call(.GET, "/api/personalities").json["personalities"]?[0]
            #expect(Set(personality?.object?.members.map(\.key) ?? []) == fields("Personality"))
        }
    }
}
