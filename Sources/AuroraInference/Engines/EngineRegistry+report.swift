import AuroraDialects
public import AuroraModel
import AuroraRouting

extension EngineRegistry {
    /// This node's own engines as other nodes are told, never those of another node: a request takes one hop at most.
    public func workerReports() -> [WorkerReport] {
        let routed = Dictionary(router.snapshot().workers.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return own.map { worker in
            let known = routed[worker.id]
            let (details, status) = (worker.snapshot(), worker.status())
            return WorkerReport(
                name: worker.spec.name, kind: worker.spec.kind, isUp: worker.isUp, reason: status.reason, version: details.version,
                slots: known?.slots.now ?? worker.spec.parallel ?? details.load.slots,
                inFlight: max(status.inFlight, details.load.running ?? 0), waiting: known?.waiting ?? 0,
                models: details.models.map(ModelList.report), speeds: known?.models.filter { $0.samples > 0 }.map(Self.speed) ?? [])
        }
    }

    private static func speed(_ model: RouterSnapshot.Model) -> SpeedReport {
        SpeedReport(
            model: model.name, promptTokensPerSecond: model.promptTokensPerSecond, tokensPerSecond: model.tokensPerSecond,
            loadSeconds: model.loadSeconds, samples: model.samples)
    }
}
