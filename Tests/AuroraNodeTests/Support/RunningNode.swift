import AuroraAPI
import AuroraConfig
import AuroraHTTP
import AuroraModel
import AuroraMonitoring
import AuroraSystem
import AuroraTestSupport
import Foundation
import HTTPTypes
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

@testable import AuroraNode

/// A whole node in this process, on free ports and in a folder of its own, for the time of one test.
struct RunningNode: Sendable {
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPFields
        let body: String
    }

    private struct NodeService: Service {
        let node: Node
        let ready: AsyncStream<NodeAddresses>.Continuation
        func run() async throws {
            try await node.run {
                ready.yield($0)
            } onProgress: { _ in
            }
        }
    }

    let addresses: NodeAddresses
    let http: NodeHTTPClient
    private let services: ServiceGroup

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func settings(_ folder: String, engines: [FakeEngine] = [], change: (inout Manifest) -> Void = { _ in }) -> NodeSettings {
        var manifest = Manifest.defaults(host: "testnode")
        (manifest.ports.gateway, manifest.ports.chat, manifest.ports.console) = (0, 0, 0)
        manifest.discovery.loopback = false
        manifest.discovery.localEngine = .off
        manifest.limits.drain = .seconds(20)
        manifest.engines = engines.enumerated().map { number, engine in
            EngineSpec(name: "engine\(number)", kind: engine.kind, url: engine.url, source: .manifest)
        }
        change(&manifest)
        return NodeSettings(manifest: manifest, stateFolder: folder, environment: [:])
    }

    /// Runs a node in a new folder until the body returns; then stops it gracefully.
    static func with(
        engines: [FakeEngine] = [], change: @Sendable (inout Manifest) -> Void = { _ in },
        _ body: @Sendable (RunningNode) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder async throws in try await with(settings(folder, engines: engines, change: change), body) }
    }

    static func with(_ settings: NodeSettings, _ body: @Sendable (RunningNode) async throws -> Void) async throws {
        let node = try await Node.prepare(settings, metrics: PrometheusMetrics(), logger: logger)
        let (ready, continuation) = AsyncStream.makeStream(of: NodeAddresses.self)
        let running = RunningNode(
            addresses: node.addresses, http: NodeHTTPClient(pools: try UpstreamPools(group: MultiThreadedEventLoopGroup.singleton)),
            services: ServiceGroup(services: [NodeService(node: node, ready: continuation)], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { continuation.finish() }
                try await running.services.run()
            }
            for await _ in ready { break }
            if !settings.manifest.engines.isEmpty { try await running.untilReady() }
            try await body(running)
            await running.stop()
            try await tasks.waitForAll()
        }
    }

    /// As SIGTERM does; returns at once.
    func stop() async { await services.triggerGracefulShutdown() }

    /// Base URL of the unix socket.
    var local: String { "http+unix://\(addresses.socket.replacing("/", with: "%2F"))" }

    func open(_ method: HTTPRequest.Method, _ url: String, headers: HTTPFields = [:], body: String? = nil) async throws -> HTTPReply {
        var headers = headers
        if body != nil { headers[.contentType] = "application/json" }
        return try await http.call(
            HTTPCall(
                method, url, headers: headers, body: body.map { ByteBuffer(string: $0) }, headTimeout: .seconds(20),
                idleTimeout: .seconds(20)))
    }

    func ask(_ method: HTTPRequest.Method, _ url: String, headers: HTTPFields = [:], body: String? = nil) async throws -> Answer {
        let reply = try await open(method, url, headers: headers, body: body)
        return Answer(status: reply.status, headers: reply.headers, body: String(buffer: try await reply.collect(upTo: 1 << 24)))
    }

    func open(_ url: String, headers: HTTPFields = [:]) async throws -> HTTPReply { try await open(.get, url, headers: headers) }

    func ask(_ url: String, headers: HTTPFields = [:]) async throws -> Answer { try await ask(.get, url, headers: headers) }

    func status() async throws -> NodeStatus { try await ask(local + "/api/status").decode(NodeStatus.self) }

    private func untilReady() async throws {
        let came = await eventually { (try? await ask(local + "/ready").status) == 200 }
        if !came { throw AuroraError(.timedOut, "no engine came up: \(try await status().engines)") }
    }
}

extension RunningNode.Answer {
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try Wire.decode(type, from: Data(body.utf8)) }

    /// Code of an error body.
    var errorCode: String? { try? JSONDecoder().decode(ErrorBody.self, from: Data(body.utf8)).error.code }
}

extension NodeAddresses {
    var ports: [String] { [gateway, chat, console] }
}

extension String {
    /// The port of a URL such as `http://127.0.0.1:8001`.
    var port: Int { split(separator: ":").last.flatMap { Int($0) } ?? 0 }
}
