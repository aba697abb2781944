import AuroraDialects
public import AuroraHTTP
import AuroraModel
import AuroraSystem
import Foundation
import HTTPTypes
public import Hummingbird
import NIOCore

/// Ollama's calls that change models, on the gateway's port.
public struct ModelRoutes: Sendable {
    /// The body of a call: names, and for `create` templates, licenses and lists of files. In bytes.
    private static let bodyLimit = 16 << 20
    /// What is read of an engine's answer that is no stream.
    static let errorLimit = 1 << 20

    private let manager: ModelManager

    public init(manager: ModelManager) { self.manager = manager }

    public func add(to router: Router<NodeContext>) {
        addCalls(to: router)
        router.get("/api/status") { _, _ in Self.status }
    }

    /// Without `GET /api/status`, which is another call on the port of the node API.
    public func addCalls(to router: Router<NodeContext>) {
        for action in [ModelAction.pull, .push, .create] {
            router.post(RouterPath("/api/\(action.rawValue)")) { request, context in
                try await answered { try await progress(action, request, context) }
            }
        }
        router.post("/api/copy") { request, context in try await answered { try await finished(.copy, request, context) } }
        router.delete("/api/delete") { request, context in try await answered { try await finished(.delete, request, context) } }
        router.head("/api/blobs/:digest") { request, context in try await answered { try await blob(.checkBlob, request, context) } }
        router.post("/api/blobs/:digest") { request, context in try await answered { try await blob(.addBlob, request, context) } }
    }

    /// Ollama's own cloud is not offered here: there is no call to sign in or to search the web.
    private static let status = json(200, JSON.object(["cloud": ["disabled": true, "source": "config"]]).bytes)

    // MARK: Calls

    private func progress(_ action: ModelAction, _ request: Request, _ context: NodeContext) async throws -> Response {
        let plan = try await plan(action, request, context)
        guard plan.request.streams else { return try await whole(plan, context) }
        guard plan.targets.count == 1, let engine = plan.targets.first else {
            return stream { emit in
                let ends = await manager.followAll(plan) { engine, line in emit(ProgressLine.of(engine, line)) }
                return ends.contains { $0.error != nil } ? ProgressLine.failure(ends) : ProgressLine.success
            } until: {
                await context.clientLeft()
            }
        }
        return try await passed(plan, engine, context)
    }

    /// One engine's answer as it is: its status, its bytes.
    private func passed(_ plan: ModelPlan, _ engine: EngineFacts, _ context: NodeContext) async throws -> Response {
        let reply = try await manager.open(plan, at: engine)
        guard reply.status == 200 else {
            let body = try await reply.collect(upTo: Self.errorLimit)
            return Self.json(reply.status, body, worker: engine.name)
        }
        return stream(worker: engine.name) { emit in
            var last: ByteBuffer?
            do {
                for try await piece in reply.body { emit(piece) }
            } catch {
                last = OllamaShape.errorLine(ModelManager.words(error).message)
            }
            await manager.engines.lookAgain(engine.name)
            return last
        } until: {
            await context.clientLeft()
        }
    }

    /// For a client that wants no stream: one object at the end.
    private func whole(_ plan: ModelPlan, _ context: NodeContext) async throws -> Response {
        let ends = await untilLeft(context) { await manager.followAll(plan) }
        return Self.outcome(ends, JSON.object(["status": "success"]).bytes)
    }

    private func finished(_ action: ModelAction, _ request: Request, _ context: NodeContext) async throws -> Response {
        let plan = try await plan(action, request, context)
        return Self.outcome(await manager.finishAll(plan), ByteBuffer())
    }

    private func blob(_ action: ModelAction, _ request: Request, _ context: NodeContext) async throws -> Response {
        let choice = ModelChoice(request)
        try allow(action, choice, context)
        let written = context.parameters.get("digest").map { $0.removingPercentEncoding ?? $0 } ?? ""
        guard let digest = BlobDigest.normalised(written) else {
            throw DialectError.invalid("'\(written.prefix(100))' is no digest; it is sha256: and 64 digits from 0 to f")
        }
        let length = request.headers[.contentLength].flatMap { Int($0) }
        let upload = action == .addBlob ? HTTPUpload(length: length, pieces: request.body) : nil
        let (engine, status, body) = try await manager.blob(digest, upload, choice)
        var response = body.readableBytes > 0 ? Self.json(status, body) : Response(status: .init(code: status))
        response.headers[.auroraWorker] = engine
        return response
    }

    private func plan(_ action: ModelAction, _ request: Request, _ context: NodeContext) async throws -> ModelPlan {
        let choice = ModelChoice(request)
        try allow(action, choice, context)
        return try await manager.plan(ModelCall(action, try await request.body.collect(upTo: Self.bodyLimit)), choice)
    }

    /// Another node has already looked whether its caller may do this.
    private func allow(_ action: ModelAction, _ choice: ModelChoice, _ context: NodeContext) throws(DialectError) {
        if choice.isForwarded, context.principal == .node { return }
        guard context.principal.may(action.scope) else {
            throw DialectError(
                .forbidden,
                "the token '\(context.principal.name)' does not have the scope '\(action.scope.rawValue)', which it takes to \(action.verb)"
            )
        }
    }

    // MARK: Answers

    private func answered(_ body: () async throws -> Response) async throws -> Response {
        do { return try await body() } catch let error as DialectError { return Self.json(error.status, OllamaShape.error(error)) }
    }

    private static func outcome(_ ends: [ProgressEnd], _ body: ByteBuffer) -> Response {
        let workers = ends.map(\.engine).joined(separator: ", ")
        guard ends.contains(where: { $0.error != nil }) else { return json(200, body, worker: workers) }
        let error = ProgressLine.summary(ends)
        return json(error.status, OllamaShape.error(error), worker: workers)
    }

    private static func json(_ status: Int, _ body: ByteBuffer, worker: String? = nil) -> Response {
        var headers: HTTPFields = [.contentType: "application/json; charset=utf-8"]
        if let worker { headers[.auroraWorker] = worker }
        if status == 503 || status == 429 { headers[.retryAfter] = "1" }
        return Response(status: .init(code: status), headers: headers, body: .init(byteBuffer: body))
    }

    private func stream(
        worker: String? = nil, _ produce: @escaping @Sendable (@escaping @Sendable (ByteBuffer) -> Void) async -> ByteBuffer?,
        until clientLeft: @escaping @Sendable () async -> Void
    ) -> Response {
        var headers: HTTPFields = [
            .contentType: OllamaShape.streamType, .cacheControl: "no-cache, no-transform", .xAccelBuffering: "no",
        ]
        if let worker { headers[.auroraWorker] = worker }
        return Response(status: .ok, headers: headers, body: ProgressBody.of(produce, until: clientLeft))
    }

    /// Gives up when the client goes away.
    private func untilLeft(_ context: NodeContext, _ body: @escaping @Sendable () async -> [ProgressEnd]) async -> [ProgressEnd] {
        await withTaskGroup(of: [ProgressEnd]?.self) { group in
            group.addTask { await body() }
            group.addTask {
                await context.clientLeft()
                return nil
            }
            defer { group.cancelAll() }
            return await group.next().flatMap { $0 } ?? []
        }
    }
}

extension ModelChoice {
    fileprivate init(_ request: Request) {
        self.init(headers: request.headers, query: request.uri.queryParameters["on"].map(String.init))
    }
}
