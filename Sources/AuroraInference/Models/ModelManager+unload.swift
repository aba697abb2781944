import AuroraDialects
import AuroraModel
import AuroraSystem
import HTTPTypes
public import NIOCore

extension ModelManager {
    /// How long an engine may take to let go of a model.
    private static let unloadPatience = Duration.seconds(30)

    /// Takes a model out of memory wherever it is: a request with `keep_alive: 0` and nothing to answer must reach every Ollama that holds it,
    /// and not the one that is best for answering.
    ///
    /// - Parameters:
    ///   - model: as the client wrote it; aliases are resolved.
    ///   - path: the client's route: `/api/generate` or `/api/chat`.
    ///   - body: the client's body, which every engine gets with its own name of the model.
    ///   - isForwarded: whether another node passed the request on; then only engines of this node are asked.
    /// - Returns: the answer of the first engine, or the failure of one; nil when no Ollama that is up has the model, so that the
    ///   request is to be answered like any other.
    public func unload(_ model: String, path: String, body: ByteBuffer, isForwarded: Bool) async -> (status: Int, body: ByteBuffer)? {
        let meant = rules.aliases.resolve(model)
        let having = engines.engines.filter { engine in
            engine.kind == .ollama && engine.isUp && (engine.isLocal || !isForwarded)
        }.compactMap { engine in ModelName.match(meant, in: engine.models, kind: .ollama).map { (engine, $0) } }
        let holding = having.filter { $0.0.loaded.contains($0.1) }
        // One that does not hold it says in its own words that nothing is loaded.
        let targets = holding.isEmpty ? Array(having.prefix(1)) : holding
        guard !targets.isEmpty else { return nil }
        let answers = await withTaskGroup(of: (status: Int, body: ByteBuffer).self) { group in
            for (engine, name) in targets { group.addTask { await unload(name, at: engine, path: path, body: body) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        return answers.first { $0.status >= 300 } ?? answers.first
    }

    private func unload(_ name: String, at engine: EngineFacts, path: String, body: ByteBuffer) async -> (status: Int, body: ByteBuffer) {
        do {
            let renamed = try RequestScan(body).replacingModel(in: body, with: name)
            let call = EngineCall(.post, path, .json(renamed), patience: Self.unloadPatience, silence: Self.unloadPatience)
            let reply = try await engines.call(engine.name, call)
            let answer = try await reply.collect(upTo: ModelRoutes.errorLimit)
            await engines.lookAgain(engine.name)
            return (reply.status, answer)
        } catch {
            let words = (error as? JSONError).map(DialectError.invalidBody) ?? Self.words(error)
            return (words.status, OllamaShape.error(DialectError(words.kind, "'\(engine.name)': \(words.message)", status: words.status)))
        }
    }
}
