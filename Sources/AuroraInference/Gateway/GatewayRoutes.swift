import AuroraDialects
public import AuroraHTTP
public import AuroraModel
public import AuroraSystem
import Foundation
import HTTPTypes
public import Hummingbird
public import NIOCore

/// The gateway's other routes: lists of models, versions, and words for wrong methods. Answered from what the polls told,
/// so that a sleeping machine never delays them.
public struct GatewayRoutes: Sendable {
    /// The level of Ollama's API that is spoken here, for clients that ask before they try; an Ollama engine's own version goes first.
    static let ollamaLevel = "0.12.6"
    private static let showLimit = 1 << 20

    private let registry: EngineRegistry
    private let http: any HTTPCalling
    private let aliases: ModelAliases

    public init(registry: EngineRegistry, http: any HTTPCalling, aliases: ModelAliases = ModelAliases()) {
        self.registry = registry
        self.http = http
        self.aliases = aliases
    }

    public func add(to router: Router<NodeContext>) {
        router.get("/") { _, _ in plain("Ollama is running") }
        router.get("/api/version") { _, _ in json(OllamaShape.version(version)) }
        router.get("/api/tags") { _, context in try listed(context) { OllamaShape.tags(ModelLists.withAliases($0, aliases)) } }
        router.get("/api/ps") { _, context in try listed(context) { OllamaShape.ps($0) } }
        router.post("/api/show") { request, context in try await show(request, context) }
        router.get("/v1/models") { _, context in try listed(context) { OpenAIShape.models(ModelLists.withAliases($0, aliases)) } }
        // Names may hold slashes: `/v1/models/org/name`.
        router.get("/v1/models/**") { _, context in try one(context) }
        for route in GatewayRoute.allCases {
            for method in [HTTPRequest.Method.get, .put, .delete, .patch, .head] {
                router.on(RouterPath(route.path), method: method) { _, _ in refusal(.methodNotAllowed, route.dialect, allow: "POST") }
            }
            router.on(RouterPath(route.path), method: .options) { _, _ in
                Response(status: .noContent, headers: [.allow: "POST, OPTIONS"])
            }
        }
    }

    /// Errors outside the hot path, in the shape that clients of that path parse.
    @Sendable
    public static func errorBody(_ error: AuroraError, status: Int, path: String, requestID: String) -> ByteBuffer {
        let dialect = DialectError(.init(status: status), DialectError(error).message, status: status)
        return path.hasPrefix("/api/") ? OllamaShape.error(dialect) : OpenAIShape.error(dialect)
    }

    private var models: [EngineModel] { ModelList.merged(registry.all.filter(\.isUp).map { $0.snapshot().models }) }

    private var version: String {
        let told = registry.all.filter { $0.isUp && $0.spec.kind == .ollama }.compactMap { $0.snapshot().version }
        return told.min { $0.compare($1, options: .numeric) == .orderedAscending } ?? Self.ollamaLevel
    }

    private func listed(_ context: NodeContext, _ shape: ([EngineModel]) -> ByteBuffer) throws -> Response {
        try allow(context)
        return json(shape(models))
    }

    private func one(_ context: NodeContext) throws -> Response {
        try allow(context)
        let name = context.parameters.getCatchAll().joined(separator: "/").removingPercentEncoding ?? ""
        guard let model = find(name)?.model else { return refusal(notFound(name), .openai) }
        return json(OpenAIShape.model(aliases.target(of: name) == nil ? model : ModelLists.named(name, model)))
    }

    /// Asks the Ollama that has the model; tells what is known where the engine has no such call.
    private func show(_ request: Request, _ context: NodeContext) async throws -> Response {
        try allow(context)
        let body = try await request.body.collect(upTo: Self.showLimit)
        let name: String
        do {
            let scan = try RequestScan(body)
            guard let given = scan.model ?? scan.name, !given.isEmpty else { return refusal(.modelRequired, .ollama) }
            name = given
        } catch {
            return refusal(.invalidBody(error), .ollama)
        }
        guard let (worker, model) = find(name) else { return refusal(notFound(name), .ollama) }
        if worker.spec.kind == .ollama { return try await pass(body, naming: model.name, to: worker) }
        return json(OllamaShape.show(model, props: await props(of: worker)))
    }

    /// Engines of other nodes are asked through the gateway there.
    private func pass(_ body: ByteBuffer, naming model: String, to worker: Worker) async throws -> Response {
        let engines = RegistryEngines(registry: registry, http: http)
        var fields = try JSON(parsing: body).object ?? [:]
        fields[fields["model"]?.string == nil ? "name" : "model"] = .string(model)
        let limit = Duration.seconds(10)
        let call = EngineCall(.post, "/api/show", .json(JSON.object(fields).bytes), patience: limit, silence: limit)
        let reply = try await engines.call(worker.spec.name, call)
        var response = json(try await reply.collect(upTo: 64 << 20))
        response.status = .init(code: reply.status)
        return response
    }

    private func props(of worker: Worker) async -> EngineProps? {
        let probe = EngineProbe(http: http, timeout: .seconds(1))
        guard let reply = try? await probe.get(worker.spec, "/props"), reply.status == 200,
            let bytes = try? await reply.collect(upTo: 1 << 20)
        else { return nil }
        return try? EngineProps(bytes)
    }

    private func find(_ name: String) -> (worker: Worker, model: EngineModel)? {
        guard let (worker, spelling) = registry.router.workers(for: aliases.resolve(name)).first(where: { $0.worker.isUp }) else {
            return nil
        }
        guard let model = worker.snapshot().models.first(where: { $0.name == spelling }) else { return nil }
        return (worker, model)
    }

    private func notFound(_ name: String) -> DialectError {
        .modelNotFound(name, nearest: NearestNames.of(name, in: registry.router.modelNames))
    }

    private func allow(_ context: NodeContext) throws(AuroraError) {
        guard [.mesh, .chat, .read].contains(where: { context.principal.may($0) }) else {
            throw AuroraError(.forbidden, "the token '\(context.principal.name)' does not have the scope 'mesh'")
        }
    }

    private func json(_ bytes: ByteBuffer) -> Response {
        Response(status: .ok, headers: [.contentType: "application/json; charset=utf-8"], body: .init(byteBuffer: bytes))
    }

    private func plain(_ text: String) -> Response {
        Response(status: .ok, headers: [.contentType: "text/plain; charset=utf-8"], body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    private func refusal(_ error: DialectError, _ dialect: Dialect, allow: String? = nil) -> Response {
        var response = json(dialect == .openai ? OpenAIShape.error(error) : OllamaShape.error(error))
        response.status = .init(code: error.status)
        if let allow { response.headers[.allow] = allow }
        return response
    }
}
