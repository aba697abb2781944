/// The worker that the request names; without one, the first candidate as registered that is up.
struct PinnedPolicy: RoutingPolicy {
    func nominate(_ selection: inout Selection, group: inout ModelGroup, mesh: Mesh) {
        if let pinned = selection.request.pinned { return selection.addWorker(pinned, of: group, mesh: mesh) }
        for member in group.members.indices where selection.add(member, of: group, mesh: mesh) { return }
    }

    func pick(_ selection: Selection, group: inout ModelGroup, settings: RouterSettings) -> Pick? {
        selection.options.indices.first.map { Pick(option: $0, reason: .pinned) }
    }
}
