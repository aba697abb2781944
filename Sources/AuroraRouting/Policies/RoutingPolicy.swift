/// A way to choose among the candidates of a model.
///
/// First it nominates the candidates that it wants predicted, at most a few dozen; then it picks one of those that can take
/// the request. A pick that has no free slot means that the request waits in the line for it.
protocol RoutingPolicy: Sendable {
    func nominate(_ selection: inout Selection, group: inout ModelGroup, mesh: Mesh)
    func pick(_ selection: Selection, group: inout ModelGroup, settings: RouterSettings) -> Pick?
}

extension RoutingPolicy {
    func nominate(_ selection: inout Selection, group: inout ModelGroup, mesh: Mesh) {
        selection.addMostPromising(group, mesh: mesh)
    }
}

/// One of the options, and why.
struct Pick: Sendable {
    let option: Int
    let reason: Decision.Reason
}

extension PolicyName {
    var policy: any RoutingPolicy {
        switch self {
        case .predicted: PredictedPolicy()
        case .leastLoaded: LeastLoadedPolicy()
        case .roundRobin: RoundRobinPolicy()
        case .prefix: PrefixPolicy()
        case .pinned: PinnedPolicy()
        }
    }
}
