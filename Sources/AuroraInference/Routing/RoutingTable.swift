import AuroraDialects
import AuroraModel
import Synchronization

/// A worker that has a model.
struct Candidate: Sendable {
    let worker: Worker
    /// The engine's own name of it, which may be longer or shorter than what the client wrote.
    let model: String
    /// Answers without loading first. OpenAI-compatible servers hold what they list.
    let resident: Bool
}

/// Which workers have which model: made anew when a poll changed something, and the same for as long as it is in force.
public final class RoutingTable: Sendable {
    /// Spellings remembered; clients that invent names must not fill the memory.
    private static let memoryLimit = 1024

    private let entries: [Candidate]
    /// What was asked for before, since each request asks again and spellings are few.
    private let found = Mutex<[String: [Candidate]]>([:])

    public init(_ workers: [Worker]) {
        entries = workers.flatMap { worker in
            worker.snapshot().models.map { Candidate(worker: worker, model: $0.name, resident: $0.loaded ?? true) }
        }
    }

    /// Workers with this model under any spelling their kind accepts, up or down.
    func candidates(for model: String) -> [Candidate] {
        if let known = found.withLock({ $0[model] }) { return known }
        let candidates = entries.filter { ModelName.match(model, in: [$0.model], kind: $0.worker.spec.kind) != nil }
        found.withLock { if $0.count < Self.memoryLimit { $0[model] = candidates } }
        return candidates
    }

    /// Names of all models of workers that are up, for the text of a 404.
    var modelNames: [String] {
        Array(Set(entries.filter(\.worker.isUp).map(\.model))).sorted()
    }
}

/// The table in force.
public final class RoutingState: Sendable {
    private let table = Mutex(RoutingTable([]))

    func publish(_ new: RoutingTable) { table.withLock { $0 = new } }

    var current: RoutingTable { table.withLock { $0 } }
}
