public import AuroraModel
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An engine that speaks both wires over a real socket and does what a test tells it to: answers, hangs, fails, or is cut in mid-stream.
public final class FakeEngine: Sendable {
    /// What it does with one inference request. Without a script it answers.
    public enum Behaviour: Sendable {
        /// Sends these pieces of text and ends properly.
        case answer([String])
        /// Sends the head and the first piece, then each further piece only when the test calls `release()`.
        case stepwise([String])
        /// Takes the request and sends nothing, until the client leaves.
        case hang
        /// Closes the connection without an answer.
        case close
        /// Sends these pieces, then closes the connection in the middle of the stream.
        case cut(after: [String])
        /// Ends the HTTP answer in order, but without the stream's own end mark.
        case endEarly(after: [String])
        /// Promises a whole answer of this many bytes and closes after its head.
        case promise(Int)
        /// Answers with a status and a body.
        case status(Int, String)
    }

    /// A request as it arrived.
    public struct Received: Sendable {
        public let path: String
        public let headers: [String: String]
        public let body: String
    }

    private struct State {
        var models: [String]
        var loaded: Set<String>
        var script: [Behaviour] = []
        var received: [Received] = []
        var abandoned = 0
        var waiting: [@Sendable () -> Void] = []
        var isSilent = false
    }

    public let kind: EngineKind
    private let state: Mutex<State>
    private let server: Mutex<(any Channel)?> = Mutex(nil)
    private let connections = Mutex<[ObjectIdentifier: any Channel]>([:])
    private let boundPort = Mutex(0)

    private init(_ kind: EngineKind, models: [String], loaded: Set<String>) {
        self.kind = kind
        state = Mutex(State(models: models, loaded: loaded))
    }

    /// Starts one on a free port of 127.0.0.1.
    /// - Parameter loaded: which models are in memory; all when nil.
    public static func start(_ kind: EngineKind, models: [String], loaded: [String]? = nil) async throws -> FakeEngine {
        let engine = FakeEngine(kind, models: models, loaded: Set(loaded ?? models))
        try await engine.listen()
        return engine
    }

    public var port: Int { boundPort.withLock { $0 } }
    public var url: String { "http://127.0.0.1:\(port)" }

    /// Starts listening, after `stop()` on the same port.
    public func listen() async throws {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                self.connections.withLock { $0[ObjectIdentifier(channel)] = channel }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: false)
                    try channel.pipeline.syncOperations.addHandler(FakeEngineHandler(self))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        boundPort.withLock { $0 = channel.localAddress?.port ?? 0 }
        server.withLock { $0 = channel }
    }

    /// As kill -9 would: the port refuses and every connection is closed.
    public func stop() async throws {
        let listening = server.withLock { server in
            defer { server = nil }
            return server
        }
        try await listening?.close()
        let open = connections.withLock { connections in
            defer { connections = [:] }
            return Array(connections.values)
        }
        for channel in open { try? await channel.close() }
    }

    /// What the next inference requests get, in this order.
    public func script(_ behaviours: Behaviour...) { state.withLock { $0.script += behaviours } }

    /// Lets one held piece of a stepwise answer go; false when none was waiting.
    @discardableResult
    public func release() -> Bool {
        let next = state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
        next?()
        return next != nil
    }

    /// From now on nothing is answered, polls included, though connections are accepted.
    public func setSilent(_ silent: Bool) { state.withLock { $0.isSilent = silent } }

    public func setModels(_ models: [String], loaded: [String]) {
        state.withLock { state in
            state.models = models
            state.loaded = Set(loaded)
        }
    }

    /// Inference requests so far.
    public var received: [Received] { state.withLock { $0.received } }
    /// Requests whose client left before the answer had ended.
    public var abandoned: Int { state.withLock { $0.abandoned } }

    // MARK: What the handler asks

    var isSilent: Bool { state.withLock { $0.isSilent } }
    func models() -> (all: [String], loaded: Set<String>) { state.withLock { ($0.models, $0.loaded) } }
    func has(_ model: String) -> Bool { state.withLock { $0.models.contains(model) || $0.models.contains(model + ":latest") } }

    func take(_ request: Received) -> Behaviour {
        state.withLock { state in
            state.received.append(request)
            return state.script.isEmpty ? .answer(["Hello", " from", " here"]) : state.script.removeFirst()
        }
    }

    func hold(_ step: @escaping @Sendable () -> Void) { state.withLock { $0.waiting.append(step) } }
    func clientLeft() { state.withLock { $0.abandoned += 1 } }
    func closed(_ channel: any Channel) { connections.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(channel)) } }
}
