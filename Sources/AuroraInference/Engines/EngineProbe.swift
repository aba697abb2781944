import AuroraDialects
import AuroraModel
import AuroraSystem
import HTTPTypes
import NIOCore

/// Asks engines what they have and how busy they are. Every call has a deadline, every answer a size limit.
struct EngineProbe: Sendable {
    private static let answerLimit = 4 * 1024 * 1024

    let http: any HTTPCalling
    let timeout: Duration
    private let clock: any Clock<Duration>
    private let memory = EngineMemory()

    /// - Parameter timeout: for one look, all its calls together.
    init(http: any HTTPCalling, timeout: Duration, clock: any Clock<Duration> = ContinuousClock()) {
        self.http = http
        self.timeout = timeout
        self.clock = clock
    }

    /// Throws `AuroraError`: `unavailable` (nobody there), `timedOut`, or `failed` (something else answers there).
    func look(at spec: EngineSpec) async throws -> EngineReport {
        do {
            switch spec.kind {
            case .ollama: return try await ollama(spec)
            case .openai: return try await openai(spec)
            }
        } catch {
            memory.forget(spec.url)
            throw error
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
        return EngineReport(models: models, version: told, software: .ollama)
    }

    private func openai(_ spec: EngineSpec) async throws -> EngineReport {
        async let load = load(of: spec)
        let reply = try await get(spec, "/v1/models")
        let models = try list(openai: try await body(reply))
        return EngineReport(models: models, version: reply.headers[.server], software: Self.software(of: models), load: await load)
    }

    /// What `/v1/models` gives away by itself.
    private static func software(of models: [EngineModel]) -> EngineSoftware {
        switch models.first?.listed["owned_by"]?.string {
        case "llamacpp": .llamaCpp
        case "vllm": .vllm
        case "sglang": .sglang
        default: .other
        }
    }

    // MARK: Load

    /// Asks for the pages that the engine may have. None of them decides whether it is up, and together they get half of a look's time:
    /// a busy llama.cpp answers its list of models at once, but not these.
    private func load(of spec: EngineSpec) async -> EngineLoad {
        let pages = memory.pages(of: spec.url, at: .now)
        guard !pages.isEmpty else { return memory.learned([:], of: spec.url, at: .now) }
        var outcomes = Dictionary(uniqueKeysWithValues: pages.map { ($0, EngineKnowledge.Outcome.later) })
        await withTaskGroup(of: (EngineKnowledge.Page, EngineKnowledge.Outcome)?.self) { group in
            for page in pages { group.addTask { (page, await ask(spec, page)) } }
            group.addTask {
                try? await clock.sleep(for: timeout / 2)
                return nil
            }
            var open = pages.count
            while open > 0, let result = await group.next(), let (page, outcome) = result {
                outcomes[page] = outcome
                open -= 1
            }
            group.cancelAll()
        }
        return memory.learned(outcomes, of: spec.url, at: .now)
    }

    private func ask(_ spec: EngineSpec, _ page: EngineKnowledge.Page) async -> EngineKnowledge.Outcome {
        guard let reply = try? await get(spec, page.rawValue) else { return .later }
        guard reply.status == 200 else { return [429, 503].contains(reply.status) ? .later : .absent }
        let bytes: ByteBuffer
        do { bytes = try await reply.collect(upTo: Self.answerLimit) } catch { return error is BodyTooLarge ? .absent : .later }
        // A reading that was given up ends as if the body were whole.
        guard !Task.isCancelled else { return .later }
        let load =
            switch page {
            case .props: EngineLoad(props: bytes)
            case .slots: EngineLoad(slots: bytes)
            case .metrics: EngineLoad(metrics: bytes)
            }
        return load.map { .told($0) } ?? .absent
    }

    // MARK: Lists

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
