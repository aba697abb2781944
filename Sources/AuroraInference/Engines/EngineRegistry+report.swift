import AuroraDialects
public import AuroraModel

extension EngineRegistry {
    /// This node's own engines as other nodes are told, never those of another node: a request takes one hop at most.
    public func workerReports() -> [WorkerReport] {
        own.map { worker in
            let (details, status) = (worker.snapshot(), worker.status())
            return WorkerReport(
                name: worker.spec.name, kind: worker.spec.kind, isUp: worker.isUp, reason: status.reason, version: details.version,
                slots: worker.spec.parallel ?? details.load.slots, inFlight: max(status.inFlight, details.load.running ?? 0),
                models: details.models.map(ModelList.report))
        }
    }
}
