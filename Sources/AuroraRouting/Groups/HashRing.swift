/// Consistent hashing: each member owns many points of a ring, and a key belongs to the next point. When a member joins or
/// leaves, only the keys of its own points move (Karger et al., 1997).
struct HashRing: Sendable {
    private let points: [(hash: UInt64, member: Int32)]

    private static let pointsPerMember: UInt64 = 24

    /// - Parameter identities: of each member, the same for as long as it exists.
    init(identities: [UInt64]) {
        var points: [(hash: UInt64, member: Int32)] = []
        points.reserveCapacity(identities.count * Int(Self.pointsPerMember))
        for (member, identity) in identities.enumerated() {
            let seed = SplitMix.mix(identity &+ 1)
            for point in 0..<Self.pointsPerMember { points.append((SplitMix.mix(seed &+ point), Int32(member))) }
        }
        self.points = points.sorted { $0.hash < $1.hash }
    }

    /// Members in the order of the ring from the key on, each once, at most `limit`.
    func members(from key: UInt64, limit: Int) -> [Int] {
        guard !points.isEmpty else { return [] }
        var result: [Int] = []
        var place = firstPoint(from: key)
        for _ in 0..<min(points.count, limit * 8) where result.count < limit {
            let member = Int(points[place].member)
            if !result.contains(member) { result.append(member) }
            place = place + 1 == points.count ? 0 : place + 1
        }
        return result
    }

    private func firstPoint(from key: UInt64) -> Int {
        var (low, high) = (0, points.count)
        while low < high {
            let middle = (low + high) / 2
            if points[middle].hash < key { low = middle + 1 } else { high = middle }
        }
        return low == points.count ? 0 : low
    }
}
