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

/// Which workers have which model: an immutable value, made anew when a poll changed something, read without waiting by every request.
public struct RoutingTable: Sendable {
    private let exact: [String: [Candidate]]
    private let entries: [(kind: EngineKind, candidate: Candidate)]

    public init(_ workers: [Worker]) {
        var exact: [String: [Candidate]] = [:]
        var entries: [(EngineKind, Candidate)] = []
        for worker in workers {
            for model in worker.snapshot().models {
                let candidate = Candidate(worker: worker, model: model.name, resident: model.loaded ?? true)
                exact[model.name, default: []].append(candidate)
                entries.append((worker.spec.kind, candidate))
            }
        }
        self.exact = exact
        self.entries = entries
    }

    /// Workers with this model under any spelling their kind accepts, up or down.
    func candidates(for model: String) -> [Candidate] {
        let alike = entries.lazy.filter {
            $0.candidate.model != model && ModelName.match(model, in: [$0.candidate.model], kind: $0.kind) != nil
        }
        guard let same = exact[model] else { return alike.map(\.candidate) }
        return entries.count == same.count ? same : same + alike.map(\.candidate)
    }

    /// Names of all models of workers that are up, for the text of a 404.
    var modelNames: [String] {
        Array(Set(entries.filter { $0.candidate.worker.isUp }.map(\.candidate.model))).sorted()
    }
}

/// The table in force.
public final class RoutingState: Sendable {
    private let table = Mutex(RoutingTable([]))

    func publish(_ new: RoutingTable) { table.withLock { $0 = new } }

    var current: RoutingTable { table.withLock { $0 } }
}
