import AuroraAPI
import AuroraConfig
import AuroraInference
import AuroraModel
import AuroraRouting

/// Workers and models as pages and commands show them, from what the engines told and what the router learned. Pure.
enum MeshWorkers {
    /// - Parameter drained: whether a node takes no new work.
    static func worker(
        _ status: WorkerStatus, node: String, routed: RouterSnapshot.Worker?, isDrained: Bool
    ) -> MeshWorker {
        var worker = MeshWorker(
            name: status.spec.name, node: node, kind: status.spec.kind, status: status.state, reason: status.reason,
            ageSeconds: status.age.map { $0 / .seconds(1) }, version: status.version, requests: status.requests, failures: status.failures)
        worker.inFlight = routed?.inFlight ?? status.inFlight
        worker.outside = routed?.outside ?? 0
        worker.waiting = routed?.waiting ?? 0
        worker.slots = routed.map { slots($0.slots) } ?? .init(now: status.spec.parallel ?? 1, source: "set")
        worker.breaker = (routed?.breaker ?? .closed).rawValue
        worker.takesWork = status.state == "up" && !isDrained && routed?.breaker != .open
        let learned = Dictionary((routed?.models ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        worker.models = status.models.map { model($0, learned[$0.name]) }
        return worker
    }

    private static func slots(_ slots: RouterSnapshot.Slots) -> MeshWorker.Slots {
        let source = slots.set != nil ? "set" : slots.told != nil ? "told" : "learned"
        return .init(now: slots.now, source: source)
    }

    private static func model(_ told: WorkerStatus.Model, _ learned: RouterSnapshot.Model?) -> MeshWorker.Model {
        MeshWorker.Model(
            name: told.name, loaded: told.loaded, sizeBytes: told.sizeBytes, inFlight: learned?.inFlight ?? 0,
            samples: learned?.samples ?? 0, loadSeconds: Plain.number(learned?.loadSeconds),
            promptTokensPerSecond: Plain.number(learned?.promptTokensPerSecond), tokensPerSecond: Plain.number(learned?.tokensPerSecond),
            errorRatio: learned?.errorRatio.map { Plain.number($0) })
    }

    /// Models by name, each with its places; in alphabetical order.
    static func models(of workers: [MeshWorker], aliases: [ModelAlias], waiting: [String: Int]) -> [MeshModel] {
        var places: [String: [MeshModel.Place]] = [:]
        for worker in workers where worker.status == "up" {
            for model in worker.models {
                places[model.name, default: []].append(
                    .init(worker: worker.name, node: worker.node, takesWork: worker.takesWork, model: model))
            }
        }
        return places.sorted { $0.key < $1.key }.map { name, places in
            MeshModel(
                name: name, aliases: aliases.filter { $0.model == name }.map(\.name), waiting: waiting[name] ?? 0,
                places: places.filter(\.model.loaded) + places.filter { !$0.model.loaded })
        }
    }
}

/// Numbers that JSON can carry.
enum Plain {
    /// To six digits behind the point, which is a microsecond; 0 for what is no number.
    static func number(_ value: Double?) -> Double {
        guard let value, value.isFinite else { return 0 }
        return (min(max(value, 0), 1e9) * 1e6).rounded() / 1e6
    }
}
