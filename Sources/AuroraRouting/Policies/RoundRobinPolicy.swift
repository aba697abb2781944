/// One after the other; who has no free slot is passed over.
struct RoundRobinPolicy: RoutingPolicy {
    func nominate(_ selection: inout Selection, group: inout ModelGroup, mesh: Mesh) {
        let count = group.members.count
        guard count > 0 else { return }
        var busy: Int?
        for step in 0..<count {
            let member = (group.turn + step) % count
            guard selection.add(member, of: group, mesh: mesh) else { continue }
            if selection.options.last?.isFree == true {
                group.turn = (member + 1) % count
                return
            }
            busy = busy ?? member
            if let index = group.index, index.free == 0 { return }
        }
    }

    func pick(_ selection: Selection, group: inout ModelGroup, settings: RouterSettings) -> Pick? {
        guard let chosen = selection.options.lastIndex(where: \.isFree) ?? selection.options.indices.first else { return nil }
        return Pick(option: chosen, reason: selection.request.excluded.isEmpty ? .turn : .retry)
    }
}
