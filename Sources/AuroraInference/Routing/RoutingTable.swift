import AuroraDialects
import AuroraModel
import AuroraRouting

/// Which workers have which model under which spelling. A value, made anew when a look around changed something.
struct RoutingTable: Sendable {
    let workers: [WorkerID: Worker]
    private let entries: [(worker: Worker, model: String)]

    init(_ workers: [Worker]) {
        self.workers = Dictionary(workers.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        entries = workers.flatMap { worker in worker.snapshot().models.map { (worker, $0.name) } }
    }

    /// Workers with this model under any spelling their kind accepts, up or down.
    func candidates(for model: String) -> [Candidate] {
        entries.compactMap { entry in
            guard ModelName.match(model, in: [entry.model], kind: entry.worker.spec.kind) != nil else { return nil }
            return Candidate(worker: entry.worker.id, model: entry.model)
        }
    }

    /// Names of all models of workers that are up, for the text of a 404.
    var modelNames: [String] {
        Array(Set(entries.filter(\.worker.isUp).map(\.model))).sorted()
    }
}
