/// Fewest requests for its slots, of those that have the model in memory if any has; equals take turns by chance.
struct LeastLoadedPolicy: RoutingPolicy {
    func pick(_ selection: Selection, group: inout ModelGroup, settings: RouterSettings) -> Pick? {
        guard let least = selection.options.indices.min(by: { isLess(selection.options[$0], selection.options[$1]) }) else { return nil }
        let reason: Decision.Reason = selection.request.excluded.isEmpty ? (selection.options.count == 1 ? .only : .leastBusy) : .retry
        return Pick(option: least, reason: reason)
    }

    private func isLess(_ a: Option, _ b: Option) -> Bool {
        if a.isFree != b.isFree { return a.isFree }
        if a.isResident != b.isResident { return a.isResident }
        let (loadA, loadB) = (a.busy * max(1, b.slots), b.busy * max(1, a.slots))
        return loadA == loadB ? a.prediction.queue < b.prediction.queue : loadA < loadB
    }
}
