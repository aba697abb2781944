import AuroraDialects
import AuroraModel
import AuroraSystem
import HTTPTypes
public import Logging
import NIOCore

/// Changes what the Ollamas of the mesh have: decides which of them a call goes to, makes it there, and puts several answers together.
public struct ModelManager: Sendable {
    let engines: any EngineCalling
    let rules: ModelRules
    private let blobs: BlobPlaces
    private let logger: Logger

    public init(engines: any EngineCalling, rules: ModelRules = ModelRules(), logger: Logger) {
        self.init(engines: engines, rules: rules, blobs: BlobPlaces(), logger: logger)
    }

    init(engines: any EngineCalling, rules: ModelRules, blobs: BlobPlaces, logger: Logger) {
        self.engines = engines
        self.rules = rules
        self.blobs = blobs
        self.logger = logger
    }

    // MARK: Pull, push, create, copy, delete

    /// What is to be done at which engines; nothing has happened yet.
    func plan(_ request: ModelCall, _ choice: ModelChoice) async throws(DialectError) -> ModelPlan {
        let model = try meant(by: request)
        var placement = ModelPlacement(action: request.action, model: model, choice: choice, rules: rules)
        placement.blobsOn = try place(of: request.digests)
        placement.source = request.from.map(rules.aliases.resolve)
        return ModelPlan(request: request, model: model, targets: try await targets(of: placement))
    }

    /// A poll that went unanswered is no reason to refuse: before that, the engines that seem to be down are asked once more.
    private func targets(of placement: ModelPlacement) async throws(DialectError) -> [EngineFacts] {
        let known = engines.engines
        do { return try placement.engines(of: known) } catch {
            guard error.kind == .overloaded else { throw error }
        }
        await withTaskGroup(of: Void.self) { group in
            for engine in known where !engine.isUp { group.addTask { await engines.lookAgain(engine.name) } }
        }
        return try placement.engines(of: engines.engines)
    }

    /// An alias stands for its model where the model is read, and is in the way where one of its name would be made or removed.
    private func meant(by request: ModelCall) throws(DialectError) -> String {
        let written = request.destination ?? request.model
        if [.delete, .push, .create, .copy].contains(request.action), let target = rules.aliases.target(of: written) {
            throw DialectError(
                .conflict,
                "'\(written)' is an alias of '\(target)' in aurora.yml; name the model itself, or take the alias out of 'aliases:'")
        }
        return rules.aliases.resolve(request.model)
    }

    private func place(of digests: [String]) throws(DialectError) -> String? {
        do { return try blobs.engine(of: digests) } catch {
            let names = error.engines.map { "'\($0)'" }.joined(separator: ", ")
            throw DialectError(.conflict, "the files of this model lie on \(names); add all of them to one engine, then create it there")
        }
    }

    /// Begins the call at one engine.
    func open(_ plan: ModelPlan, at engine: EngineFacts) async throws -> HTTPReply {
        let action = plan.request.action
        logger.info("changing models", metadata: ["action": "\(action)", "model": "\(plan.model)", "engine": "\(engine.name)"])
        return try await engines.call(
            engine.name,
            EngineCall(
                action == .delete ? .delete : .post, "/api/\(action.rawValue)", .json(plan.request.body(model: plan.name(at: engine))),
                patience: action.patience, silence: action.silence))
    }

    /// Follows the progress at one engine to its end, and lets the lists show what changed.
    func follow(_ plan: ModelPlan, at engine: EngineFacts, onLine: @Sendable (JSONObject) -> Void) async -> ProgressEnd {
        let error = await progress(plan, at: engine, onLine: onLine)
        await engines.lookAgain(engine.name)
        return ProgressEnd(engine: engine.name, error: error)
    }

    private func progress(_ plan: ModelPlan, at engine: EngineFacts, onLine: @Sendable (JSONObject) -> Void) async -> DialectError? {
        do {
            let reply = try await open(plan, at: engine)
            guard reply.status == 200 else {
                return DialectError(upstreamStatus: reply.status, body: try await reply.collect(upTo: ModelRoutes.errorLimit))
            }
            var lines = ProgressLines()
            var succeeded = false
            for try await piece in reply.body {
                for line in try lines.add(piece) {
                    if let text = ProgressLine.error(in: line) { return DialectError(.failed, text) }
                    succeeded = succeeded || ProgressLine.isSuccess(line)
                    onLine(line)
                }
            }
            if let last = lines.end() {
                if let text = ProgressLine.error(in: last) { return DialectError(.failed, text) }
                succeeded = succeeded || ProgressLine.isSuccess(last)
            }
            return succeeded ? nil : DialectError(.upstream, "its answer ended before the \(plan.request.action) was done")
        } catch {
            return Self.words(error)
        }
    }

    /// All engines of a plan, at the same time.
    func followAll(_ plan: ModelPlan, onLine: @escaping @Sendable (EngineFacts, JSONObject) -> Void = { _, _ in }) async -> [ProgressEnd] {
        await atAll(plan.targets) { engine in await follow(plan, at: engine) { onLine(engine, $0) } }
    }

    /// A call that is done with its answer: copy, delete.
    func finishAll(_ plan: ModelPlan) async -> [ProgressEnd] {
        await atAll(plan.targets) { engine in
            let error: DialectError?
            do {
                let reply = try await open(plan, at: engine)
                let body = try await reply.collect(upTo: ModelRoutes.errorLimit)
                error = reply.status < 300 ? nil : DialectError(upstreamStatus: reply.status, body: body)
            } catch let failure {
                error = Self.words(failure)
            }
            await engines.lookAgain(engine.name)
            return ProgressEnd(engine: engine.name, error: error)
        }
    }

    /// The order of the targets stays.
    private func atAll(_ targets: [EngineFacts], _ body: @escaping @Sendable (EngineFacts) async -> ProgressEnd) async -> [ProgressEnd] {
        await withTaskGroup(of: ProgressEnd.self) { group in
            for target in targets { group.addTask { await body(target) } }
            let ends = await group.reduce(into: [String: ProgressEnd]()) { $0[$1.engine] = $1 }
            return targets.compactMap { ends[$0.name] }
        }
    }

    // MARK: Blobs

    /// - Parameter upload: nil asks whether the blob is there.
    func blob(_ digest: String, _ upload: HTTPUpload?, _ choice: ModelChoice) async throws -> (
        engine: String, status: Int, body: ByteBuffer
    ) {
        let action: ModelAction = upload == nil ? .checkBlob : .addBlob
        var placement = ModelPlacement(action: action, model: nil, choice: choice, rules: rules)
        placement.blobsOn = try place(of: [digest])
        guard let engine = try await targets(of: placement).first else { throw DialectError(.failed, "no engine was chosen") }
        let reply = try await engines.call(
            engine.name,
            EngineCall(
                upload == nil ? .head : .post, "/api/blobs/\(digest)", upload.map { .upload($0) } ?? .none, patience: action.patience,
                silence: action.silence))
        let body = try await reply.collect(upTo: ModelRoutes.errorLimit)
        if reply.status < 300 { blobs.put(digest, on: engine.name) }
        return (engine.name, reply.status, body)
    }

    static func words(_ error: any Error) -> DialectError {
        switch error {
        case let error as DialectError: error
        case let error as AuroraError: DialectError(error)
        case is BodyTooLarge: DialectError(.upstream, "the engine's answer is too large")
        default: DialectError(.upstream, "the engine's answer broke off")
        }
    }
}

/// A call about models and the engines that get it.
struct ModelPlan: Sendable {
    let request: ModelCall
    /// The model that is meant, an alias resolved.
    let model: String
    /// Never empty.
    let targets: [EngineFacts]

    /// The model by the name that the engine lists, where it has it.
    func name(at engine: EngineFacts) -> String {
        guard request.action.needsModel else { return model }
        return ModelName.match(model, in: engine.models, kind: engine.kind) ?? model
    }
}
