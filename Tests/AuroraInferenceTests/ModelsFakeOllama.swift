import AuroraHTTP
import AuroraModel
import AuroraTestSupport
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// An Ollama whose models can be changed, on a real socket: it keeps names and digests, and of blobs only their length.
final class ModelsFakeOllama: Sendable {
    private struct State {
        var models: Set<String>
        var loaded: Set<String> = []
        var blobs: [String: Int] = [:]
        var calls: [String] = []
        var bodies: [String] = []
        var headers: [[String: String]] = []
        var pullError: String?
        var refusal: Int?
        var endsEarly = false
        var abandoned = 0
    }

    let name: String
    private let state: Mutex<State>
    private let gate: Gate?
    private let port = Mutex(0)

    /// - Parameter gate: what a pull waits for after its first line.
    init(_ name: String, models: [String] = [], loaded: [String] = [], gate: Gate? = nil) {
        self.name = name
        self.gate = gate
        state = Mutex(State(models: Set(models), loaded: Set(loaded)))
    }

    var spec: EngineSpec {
        EngineSpec(name: name, kind: .ollama, url: "http://127.0.0.1:\(port.withLock { $0 })", source: .manifest)
    }
    var models: Set<String> { state.withLock { $0.models } }
    var loaded: Set<String> { state.withLock { $0.loaded } }
    var blobs: [String: Int] { state.withLock { $0.blobs } }
    /// `METHOD path` of everything but polls.
    var calls: [String] { state.withLock { $0.calls } }
    var bodies: [String] { state.withLock { $0.bodies } }
    var headers: [[String: String]] { state.withLock { $0.headers } }
    var abandoned: Int { state.withLock { $0.abandoned } }

    func failPulls(_ error: String) { state.withLock { $0.pullError = error } }
    func endPullsEarly() { state.withLock { $0.endsEarly = true } }
    /// Every change is answered with this status.
    func refuse(_ status: Int) { state.withLock { $0.refusal = status } }

    /// Serves until the body returns.
    static func serving(_ engines: [ModelsFakeOllama], _ body: @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for engine in engines {
                let listener = try engine.listener()
                group.addTask { try await listener.run() }
            }
            try await body()
            group.cancelAll()
            while let _ = await group.nextResult() {}
        }
    }

    private func listener() throws -> HTTPListener {
        let socket = try BoundSocket.tcp(host: "127.0.0.1", port: 0)
        if case .tcp(_, let bound) = socket.address { port.withLock { $0 = bound } }
        let logger = Logger(label: "fake") { _ in SwiftLogNoOpLogHandler() }
        let channel = NodeChannel(responder: RouterResponder.make(routes(), logger: logger))
        return HTTPListener("fake", sockets: [socket], channel: channel, group: MultiThreadedEventLoopGroup.singleton, logger: logger)
    }

    private func routes() -> Router<NodeContext> {
        let router = Router(context: NodeContext.self)
        router.get("/api/tags") { _, _ in Self.json(Self.list(self.models)) }
        router.get("/api/ps") { _, _ in Self.json(Self.list(self.loaded)) }
        router.get("/api/version") { _, _ in Self.json(#"{"version":"0.12.0"}"#) }
        for path in ["/api/pull", "/api/push", "/api/create"] {
            router.post(RouterPath(path)) { request, context in try await self.progress(path, request, context) }
        }
        router.post("/api/copy") { request, _ in
            try await self.change(request) { state, fields in
                guard let source = fields["source"], state.models.contains(source) else { return 404 }
                state.models.insert(fields["destination"] ?? "")
                return 200
            }
        }
        router.delete("/api/delete") { request, _ in
            try await self.change(request) { state, fields in
                state.models.remove(fields["model"] ?? fields["name"] ?? "") == nil ? 404 : 200
            }
        }
        router.post("/api/show") { request, _ in
            _ = try await self.note(request)
            return Self.json(#"{"details":{},"from":"\#(self.name)"}"#)
        }
        for path in ["/api/generate", "/api/chat"] {
            router.post(RouterPath(path)) { request, _ in
                let fields = try await self.note(request)
                self.state.withLock { _ = $0.loaded.remove(fields["model"] ?? "") }
                return Self.json(#"{"model":"\#(fields["model"] ?? "")","response":"","done":true,"done_reason":"unload"}"#)
            }
        }
        router.head("/api/blobs/:digest") { request, context in
            self.count(request)
            let there = self.state.withLock { $0.blobs[context.parameters.get("digest") ?? ""] != nil }
            return Response(status: there ? .ok : .notFound)
        }
        router.post("/api/blobs/:digest") { request, context in
            self.count(request)
            var length = 0
            for try await piece in request.body { length += piece.readableBytes }
            self.state.withLock { $0.blobs[context.parameters.get("digest") ?? ""] = length }
            return Response(status: .created)
        }
        return router
    }

    private func progress(_ path: String, _ request: Request, _ context: NodeContext) async throws -> Response {
        let fields = try await note(request)
        if let refusal = state.withLock({ $0.refusal }) { return Self.json(#"{"error":"refused here"}"#, refusal) }
        let (error, endsEarly) = state.withLock { ($0.pullError, $0.endsEarly) }
        let name = fields["model"] ?? fields["name"] ?? ""
        return Response(
            status: .ok, headers: [.contentType: "application/x-ndjson"],
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: "{\"status\":\"pulling manifest\"}\n"))
                if let gate = self.gate {
                    let left = await Self.first({ await gate.wait() }, { await context.clientLeft() })
                    if left { return self.state.withLock { $0.abandoned += 1 } }
                }
                // A line cut in two pieces.
                try await writer.write(ByteBuffer(string: "{\"status\":\"pulling abc\",\"digest\":\"sha256:abc\",\"total\":10,"))
                try await writer.write(ByteBuffer(string: "\"completed\":5}\n"))
                if let error {
                    try await writer.write(ByteBuffer(string: "{\"error\":\"\(error)\"}\n"))
                } else if !endsEarly {
                    self.state.withLock { _ = $0.models.insert(name.contains(":") ? name : "\(name):latest") }
                    try await writer.write(ByteBuffer(string: "{\"status\":\"success\"}\n"))
                }
                try await writer.finish(nil)
            })
    }

    /// Whether the second returned first.
    private static func first(_ one: @escaping @Sendable () async -> Void, _ other: @escaping @Sendable () async -> Void) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await one(); return false
            }
            group.addTask {
                await other(); return true
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    private func change(_ request: Request, _ body: (inout State, [String: String]) -> Int) async throws -> Response {
        let fields = try await note(request)
        let status = state.withLock { state in state.refusal ?? body(&state, fields) }
        return status == 200 ? Response(status: .ok) : Self.json(#"{"error":"refused here"}"#, status)
    }

    private func note(_ request: Request) async throws -> [String: String] {
        count(request)
        let body = try await request.body.collect(upTo: 1 << 20)
        state.withLock { $0.bodies.append(String(buffer: body)) }
        let fields = (try? JSONSerialization.jsonObject(with: Data(buffer: body))) as? [String: Any] ?? [:]
        return fields.compactMapValues { $0 as? String }
    }

    private func count(_ request: Request) {
        state.withLock { state in
            state.calls.append("\(request.method.rawValue) \(request.uri.path)")
            state.headers.append(
                Dictionary(request.headers.map { ($0.name.canonicalName, $0.value) }, uniquingKeysWith: { first, _ in first }))
        }
    }

    private static func list(_ models: Set<String>) -> String {
        let entries = models.sorted().map { #"{"name":"\#($0)","model":"\#($0)","size":7,"size_vram":5,"digest":"d","details":{}}"# }
        return #"{"models":[\#(entries.joined(separator: ","))]}"#
    }

    private static func json(_ text: String, _ status: Int = 200) -> Response {
        Response(
            status: .init(code: status), headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}

extension Data {
    fileprivate init(buffer: ByteBuffer) { self.init(buffer.readableBytesView) }
}
