import AuroraDialects
import AuroraModel

/// Decides which engines a call about models goes to. Pure: the engines are a snapshot.
///
/// The first of these that says something decides: the engine that another node names; the names in the call; the place of its blobs;
/// the manifest (`models: … on:`); where the model is; the only Ollama there is. What is left open is refused with the names to choose from.
struct ModelPlacement: Sendable {
    let action: ModelAction
    /// The model that must be there or is to be there; nil for blobs.
    let model: String?
    let choice: ModelChoice
    /// The engine that has the blobs of a `create`.
    var blobsOn: String?
    /// The model that a `create` starts from.
    var source: String?
    let rules: ModelRules

    /// Never empty.
    func engines(of all: [EngineFacts]) throws(DialectError) -> [EngineFacts] {
        let reachable = choice.isForwarded ? all.filter(\.isLocal) : all
        if let engine = choice.engine { return [try named(engine, in: reachable)] }
        if !choice.names.isEmpty { return try checked(try resolve(choice.names, in: reachable)) }
        let ollamas = try usable(reachable)
        if let blobsOn, let place = ollamas.first(where: { $0.name == blobsOn }) { return [place] }
        if let model, let nodes = rules.nodes(of: model) {
            let engines = try resolve(nodes, in: reachable)
            let having = action.needsModel ? engines.filter { has(model, $0) } : engines
            if !having.isEmpty { return try checked(having) }
        }
        return try unnamed(ollamas)
    }

    // MARK: Nobody said where

    private func unnamed(_ ollamas: [EngineFacts]) throws(DialectError) -> [EngineFacts] {
        if let model, action.needsModel {
            let having = ollamas.filter { has(model, $0) }
            if having.isEmpty { throw .modelNotFound(model, nearest: NearestNames.of(model, in: ollamas.flatMap(\.models))) }
            if having.count == 1 || action.mayFanOut { return having }
            throw ambiguous("'\(model)' is on several engines", having)
        }
        if ollamas.count == 1 { return ollamas }
        if let source {
            let having = ollamas.filter { has(source, $0) }
            if having.count == 1 { return having }
        }
        throw ambiguous("there are several Ollama engines", ollamas)
    }

    private func ambiguous(_ why: String, _ engines: [EngineFacts]) -> DialectError {
        let names = engines.map { Self.shown($0, among: engines) }.sorted()
        let list = names.map { "'\($0)'" }.joined(separator: ", ")
        let also = action.mayGoToSeveral ? ", or several with commas between them" : ""
        var text =
            "\(why): \(list); say which one is to \(action.verb) with the header 'X-Aurora-Node: \(names.first ?? "")' or '?on=\(names.first ?? "")'\(also)"
        if let model, action == .pull || action == .create {
            text += ", or write 'models: { \"\(model)\": { on: [ … ] } }' into aurora.yml"
        }
        return DialectError(.conflict, text)
    }

    /// The node where that is enough, else the engine.
    private static func shown(_ engine: EngineFacts, among engines: [EngineFacts]) -> String {
        engines.filter { $0.node == engine.node }.count == 1 ? engine.node : engine.name
    }

    // MARK: Names

    private func resolve(_ names: [String], in engines: [EngineFacts]) throws(DialectError) -> [EngineFacts] {
        var chosen: [EngineFacts] = []
        for name in names {
            for engine in try named(anyOf: name, in: engines) where !chosen.contains(engine) { chosen.append(engine) }
        }
        return chosen
    }

    /// The engine of that name, or those of the node of that name.
    private func named(anyOf name: String, in engines: [EngineFacts]) throws(DialectError) -> [EngineFacts] {
        if engines.contains(where: { $0.name == name }) { return [try named(name, in: engines)] }
        let there = engines.filter { $0.node == name }
        guard !there.isEmpty else { throw unknown(name, engines) }
        let ollamas = there.filter { $0.kind == .ollama }
        guard !ollamas.isEmpty else { throw cannot(there) }
        let up = ollamas.filter(\.isUp)
        guard !up.isEmpty else { throw DialectError(.overloaded, "the Ollama of '\(name)' does not answer now") }
        guard up.count > 1, let model, action.needsModel else { return try one(of: up, on: name) }
        let having = up.filter { has(model, $0) }
        return having.isEmpty ? Array(up.prefix(1)) : having
    }

    private func one(of engines: [EngineFacts], on node: String) throws(DialectError) -> [EngineFacts] {
        guard engines.count > 1 else { return engines }
        let names = engines.map { "'\($0.name)'" }.sorted().joined(separator: ", ")
        throw DialectError(.conflict, "'\(node)' has several Ollama engines: \(names); name one of them in place of the node")
    }

    private func named(_ name: String, in engines: [EngineFacts]) throws(DialectError) -> EngineFacts {
        guard let engine = engines.first(where: { $0.name == name }) else { throw unknown(name, engines) }
        guard engine.kind == .ollama else { throw cannot([engine]) }
        guard engine.isUp else { throw DialectError(.overloaded, "engine '\(name)' does not answer now") }
        return engine
    }

    private func unknown(_ name: String, _ engines: [EngineFacts]) -> DialectError {
        let known = Set(engines.filter { $0.kind == .ollama }.flatMap { [$0.node, $0.name] }).sorted()
        let list = known.isEmpty ? "none has an Ollama" : "known: \(known.map { "'\($0)'" }.joined(separator: ", "))"
        return DialectError(.notFound, "there is no node or engine '\(name.prefix(100))'; \(list)")
    }

    // MARK: What the engines can

    /// The Ollamas that are up; refuses when there is none.
    private func usable(_ engines: [EngineFacts]) throws(DialectError) -> [EngineFacts] {
        let ollamas = engines.filter { $0.kind == .ollama }
        let up = ollamas.filter(\.isUp)
        if !up.isEmpty { return up }
        if let down = ollamas.first {
            throw DialectError(.overloaded, "engine '\(down.name)' does not answer now, and there is no other Ollama")
        }
        guard !engines.isEmpty else {
            throw DialectError(.overloaded, "there is no engine, so nothing to \(action.verb) with; 'aurora doctor' tells what is missing")
        }
        throw cannot(engines)
    }

    private func cannot(_ engines: [EngineFacts]) -> DialectError {
        let names = engines.map { "'\($0.name)'" }.joined(separator: ", ")
        return .invalid(
            "\(names) is OpenAI-compatible and has no call to \(action.verb); manage its models where that server was started, or add an Ollama"
        )
    }

    private func checked(_ engines: [EngineFacts]) throws(DialectError) -> [EngineFacts] {
        guard engines.count > 1, !action.mayGoToSeveral else { return engines }
        let names = engines.map { "'\($0.name)'" }.joined(separator: ", ")
        throw DialectError(.conflict, "only one engine can \(action.verb) at a time, and this names \(names); name one of them")
    }

    private func has(_ model: String, _ engine: EngineFacts) -> Bool {
        ModelName.match(model, in: engine.models, kind: engine.kind) != nil
    }
}
