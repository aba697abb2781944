/// A dictionary of bounded size that forgets what was not used for the longest time. All operations take constant time.
struct LRUMap<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Node: Sendable {
        var key: Key
        var value: Value
        var newer: Int32
        var older: Int32
    }

    private static var none: Int32 { -1 }

    let limit: Int
    private var places: [Key: Int32] = [:]
    private var nodes: [Node] = []
    private var free: [Int32] = []
    private var newest = none
    private var oldest = none

    /// - Parameter limit: at least 1 is kept.
    init(limit: Int) { self.limit = max(1, min(limit, Int(Int32.max) - 1)) }

    var count: Int { places.count }

    /// Newest first.
    var entries: [(key: Key, value: Value)] {
        var result: [(key: Key, value: Value)] = []
        result.reserveCapacity(count)
        var place = newest
        while place != Self.none {
            let node = nodes[Int(place)]
            result.append((node.key, node.value))
            place = node.older
        }
        return result
    }

    /// Does not count as a use.
    func peek(_ key: Key) -> Value? {
        places[key].map { nodes[Int($0)].value }
    }

    /// Sets the value and makes it the newest.
    mutating func set(_ value: Value, for key: Key) {
        if let place = places[key] {
            nodes[Int(place)].value = value
            makeNewest(place)
            return
        }
        if count >= limit, oldest != Self.none { remove(nodes[Int(oldest)].key) }
        let place = store(Node(key: key, value: value, newer: Self.none, older: Self.none))
        places[key] = place
        link(place)
    }

    @discardableResult
    mutating func remove(_ key: Key) -> Value? {
        guard let place = places.removeValue(forKey: key) else { return nil }
        unlink(place)
        free.append(place)
        return nodes[Int(place)].value
    }

    private mutating func store(_ node: Node) -> Int32 {
        if let place = free.popLast() {
            nodes[Int(place)] = node
            return place
        }
        nodes.append(node)
        return Int32(nodes.count - 1)
    }

    private mutating func makeNewest(_ place: Int32) {
        guard place != newest else { return }
        unlink(place)
        link(place)
    }

    private mutating func link(_ place: Int32) {
        nodes[Int(place)].older = newest
        nodes[Int(place)].newer = Self.none
        if newest != Self.none { nodes[Int(newest)].newer = place }
        newest = place
        if oldest == Self.none { oldest = place }
    }

    private mutating func unlink(_ place: Int32) {
        let (newer, older) = (nodes[Int(place)].newer, nodes[Int(place)].older)
        if newer == Self.none { newest = older } else { nodes[Int(newer)].older = older }
        if older == Self.none { oldest = newer } else { nodes[Int(older)].newer = newer }
    }
}
