import AuroraDialects
import AuroraModel
import AuroraSystem
import HTTPTypes
import NIOCore

/// What an engine says about itself.
struct EngineReport: Sendable {
    var models: [EngineModel]
    var version: String?
}

/// Asks engines what they have. Every call has a deadline, every answer a size limit.
struct EngineProbe: Sendable {
    private static let answerLimit = 4 * 1024 * 1024

    let http: any HTTPCalling
    let timeout: Duration

    /// Throws `AuroraError`: `unavailable` (nobody there), `timedOut`, or `failed` (something else answers there).
    func look(at spec: EngineSpec) async throws -> EngineReport {
        switch spec.kind {
        case .ollama: try await ollama(spec)
        case .openai: try await openai(spec)
        }
    }

    /// Whether an OpenAI-compatible server, and not another node of Aurora, answers at this URL.
    func isEngine(_ spec: EngineSpec) async -> Bool {
        guard let reply = try? await get(spec, spec.kind == .ollama ? "/api/tags" : "/v1/models") else { return false }
        guard reply.headers[.server]?.hasPrefix("aurora/") != true else { return false }
        guard let bytes = try? await body(reply) else { return false }
        return (try? spec.kind == .ollama ? list(ollama: bytes, nil) : list(openai: bytes)) != nil
    }

    private func ollama(_ spec: EngineSpec) async throws -> EngineReport {
        async let tags = get(spec, "/api/tags")
        async let running = get(spec, "/api/ps")
        async let version = get(spec, "/api/version")
        let models = try list(ollama: try await body(tags), try await body(running))
        let told = try? JSON(parsing: try await body(version))["version"]?.string
        return EngineReport(models: models, version: told)
    }

    private func openai(_ spec: EngineSpec) async throws -> EngineReport {
        let reply = try await get(spec, "/v1/models")
        return EngineReport(models: try list(openai: try await body(reply)), version: reply.headers[.server])
    }

    private func list(ollama tags: ByteBuffer, _ running: ByteBuffer?) throws(AuroraError) -> [EngineModel] {
        do { return try ModelList.ollama(tags: tags, ps: running) } catch { throw notAList(error) }
    }

    private func list(openai models: ByteBuffer) throws(AuroraError) -> [EngineModel] {
        do { return try ModelList.openAI(models: models) } catch { throw notAList(error) }
    }

    private func notAList(_ error: JSONError) -> AuroraError { AuroraError(.failed, "its list of models is not one: \(error)") }

    private func body(_ reply: HTTPReply) async throws -> ByteBuffer {
        guard reply.status == 200 else { throw AuroraError(.failed, "it answers \(reply.status) when asked for its models") }
        return try await reply.collect(upTo: Self.answerLimit)
    }

    func get(_ spec: EngineSpec, _ path: String) async throws -> HTTPReply {
        var headers = HTTPFields()
        if let key = spec.apiKey { headers[.authorization] = "Bearer \(key.reveal())" }
        return try await http.call(HTTPCall(.get, spec.url + path, headers: headers, headTimeout: timeout, idleTimeout: timeout))
    }
}
