/// Equal beginnings of prompts go to the same worker: consistent hashing with bounded loads (Mirrokni, Thorup, Zadimoghaddam,
/// 2016). A worker that is loaded above its share passes requests on to the next one on the ring.
struct PrefixPolicy: RoutingPolicy {
    /// Members of the ring that are looked at.
    private static let reach = 16
    /// Part of its slots that a worker fills whatever the others have to do.
    private static let alwaysAllowed = 0.5

    func nominate(_ selection: inout Selection, group: inout ModelGroup, mesh: Mesh) {
        if group.ring == nil {
            group.ring = HashRing(identities: group.members.map { UInt64(UInt32(bitPattern: mesh.loads[$0.worker].id.raw)) })
        }
        for member in group.ring?.members(from: selection.ringKey, limit: Self.reach) ?? [] {
            selection.add(member, of: group, mesh: mesh)
        }
        if !selection.options.contains(where: \.isFree) { selection.addMostPromising(group, mesh: mesh) }
    }

    func pick(_ selection: Selection, group: inout ModelGroup, settings: RouterSettings) -> Pick? {
        let options = selection.options
        let slots = options.reduce(0) { $0 + $1.slots }
        guard slots > 0 else { return nil }
        let mean = Double(options.reduce(1) { $0 + $1.busy }) / Double(slots)
        let bound = max(Self.alwaysAllowed, mean * max(1, settings.prefixLoadFactor))
        let within = options.firstIndex { $0.isFree && Double($0.busy) < (bound * Double($0.slots)).rounded(.up) }
        guard let chosen = within ?? options.firstIndex(where: \.isFree) ?? options.indices.first else { return nil }
        return Pick(option: chosen, reason: selection.request.excluded.isEmpty ? .prefix : .retry)
    }
}
