import AuroraAPI
import AuroraConfig
import AuroraHTTP
import AuroraLive
import AuroraModel
import AuroraTestSupport
import NIOPosix
import Testing

import AuroraRouting
@testable import AuroraInference
@testable import AuroraNode

@Suite("The state of a node in one value")
struct StatusSourceTests {
    private let http: NodeHTTPClient

    init() throws { http = NodeHTTPClient(pools: try UpstreamPools(group: MultiThreadedEventLoopGroup.singleton)) }

    private func source(_ engines: [EngineSpec], localEngine: LocalEngine? = nil) throws -> StatusSource {
        StatusSource(
            manifest: .defaults(host: "box"), addresses: NodeAddresses(gateway: "g", chat: "c", console: "o", socket: "s"),
            registry: try EngineRegistry(
                node: "box", engines: engines, places: [], http: http, router: MeshRouter(Router()), logger: RunningNode.logger),
            authenticator: Authenticator(), localEngine: localEngine,
            sampler: LoadSampler { Gateway.Load(inFlight: 1, requests: 2, failures: 3, tokens: 4) }, gpus: { [] },
            started: .now - .seconds(90))
    }

    @Test func knowsNothingOfEnginesBeforeTheFirstLook() throws {
        let source = try source([EngineSpec(name: "a", kind: .openai, url: "http://127.0.0.1:1", source: .manifest)])
        #expect(!source.isReady)
        let engine = try #require(source.status().engines.first)
        #expect(engine.state == "unknown")
        #expect(engine.ageSeconds == nil)
        #expect(engine.reason == nil)
        #expect(engine.models.isEmpty)
    }

    @Test func isReadyWithOneEngineUpAmongOthersDown() async throws {
        let engine = try await FakeEngine.start(.openai, models: ["m"])
        let source = try source([
            EngineSpec(name: "dead", kind: .openai, url: "http://127.0.0.1:1", source: .manifest),
            EngineSpec(name: "live", kind: .openai, url: engine.url, source: .discovered),
        ])
        await source.registry.poll()
        #expect(source.isReady)
        let status = source.status()
        #expect(status.ready)
        #expect(status.engines.map(\.state) == ["down", "up"])
        #expect(status.engines.map(\.source) == [.manifest, .discovered])
        #expect(status.engines.last?.ageSeconds.map { $0 >= 0 } == true)
        #expect(status.uptimeSeconds >= 90)
        #expect(status.load.requestsTotal == 2)
        #expect(status.addresses == ["gateway": "g", "chat": "c", "console": "o"])
        try await engine.stop()
    }

    @Test func hidesALocalEngineThatIsNotNeeded() async throws {
        try await withTemporaryFolder { folder async throws in
            let local = LocalEngine(folder: folder, port: 1, http: http, logger: RunningNode.logger, environment: [:])
            #expect(try source([], localEngine: local).status().localEngine == nil)
        }
    }
}
