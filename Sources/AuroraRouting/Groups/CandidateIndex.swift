/// Finds the few members of a large group that can be best, without looking at all.
///
/// Members fall into classes of like speed: the same power of two of seconds per token of a prompt, and of seconds that do
/// not depend on the prompt. Each class is a heap: idle members first, then those with room, the faster before the slower and
/// then in turn; then the full ones by when they have room. So the first few of each class are all that a decision has to
/// predict, and a change costs time that grows with the logarithm of the group.
struct CandidateIndex: Sendable {
    private struct Entry: Sendable {
        var key: UInt64 = 0
        /// Into `heaps`; -1 when not usable.
        var heap: Int32 = -1
        var place: Int32 = 0
        var hasRoom = false
    }

    private var entries: [Entry]
    private var heaps: [[Int32]] = []
    private var heapOf: [UInt16: Int32] = [:]
    /// Heaps with anything in them.
    private var active: [Int32] = []
    private(set) var usable = 0
    private(set) var free = 0
    /// Usable ones with a free slot, whoever counts on it.
    private(set) var roomy = 0

    /// Members that a decision predicts at most; with many classes fewer of each.
    private static let shortlist = 32
    private static let perClass = 3
    private static let fullTier: UInt64 = 7

    init(count: Int) { entries = Array(repeating: Entry(), count: count) }

    /// Calls `look` with the members worth a prediction.
    func forEachCandidate(_ look: (Int) -> Void) {
        let each = max(1, min(Self.perClass, Self.shortlist / max(1, active.count)))
        for heap in active {
            let members = heaps[Int(heap)]
            for place in 0..<min(each, members.count) { look(Int(members[place])) }
        }
    }

    func isUsable(_ member: Int) -> Bool { entries.indices.contains(member) && entries[member].heap >= 0 }

    mutating func update(_ member: Int, load: WorkerLoad, pair: PairNumbers) {
        guard entries.indices.contains(member) else { return }
        let old = entries[member]
        let heap = load.isUsable ? self.heap(for: Self.signature(load, pair)) : -1
        let key = Self.key(load, pair)
        count(old, -1)
        entries[member].hasRoom = load.freeSlots > 0
        if old.heap != heap {
            if old.heap >= 0 { remove(member) }
            entries[member].key = key
            if heap >= 0 { insert(member, into: heap) }
        } else if heap >= 0, old.key != key {
            entries[member].key = key
            settle(Int(entries[member].place), in: Int(heap))
        }
        count(entries[member], 1)
    }

    private mutating func count(_ entry: Entry, _ step: Int) {
        guard entry.heap >= 0 else { return }
        usable += step
        if entry.key >> 61 < Self.fullTier { free += step }
        if entry.hasRoom { roomy += step }
    }

    // MARK: Order

    private static func signature(_ load: WorkerLoad, _ pair: PairNumbers) -> UInt16 {
        let fixed = pair.pace.prompt.base + load.link + (pair.isResident ? 0 : pair.pace.load)
        return octave(fixed, unit: 1e-3) << 8 | octave(pair.pace.prompt.slope, unit: 1e-6)
    }

    private static func octave(_ value: Double, unit: Double) -> UInt16 {
        UInt16(max(0, min(31, (value / unit).clampedExponent)))
    }

    private static func key(_ load: WorkerLoad, _ pair: PairNumbers) -> UInt64 {
        guard load.freeSlots > load.planned else {
            let wait = load.freeAt.advanced(by: load.plannedSeconds / Double(load.slots))
            return fullTier << 61 | wait.nanoseconds >> 3
        }
        let tier = load.busy == 0 ? 0 : min(fullTier - 1, 1 + UInt64(load.busy * 5 / max(1, load.slots)))
        return tier << 61 | speed(load, pair) << 48 | (load.sentAt.nanoseconds >> 16) & 0xFFFF_FFFF_FFFF
    }

    /// Seconds for a usual prompt on a scale of eighths of a power of two, so that about equal ones take turns.
    private static func speed(_ load: WorkerLoad, _ pair: PairNumbers) -> UInt64 {
        let microseconds = (pair.pace.prompt.value(at: 256) + load.link) * 1e6
        guard microseconds >= 1, microseconds.isFinite else { return 0 }
        return UInt64(max(0, min(63, microseconds.clampedExponent))) * 8 + UInt64((microseconds.significand - 1) * 8)
    }

    // MARK: Heaps that know where each member is

    private mutating func heap(for signature: UInt16) -> Int32 {
        if let known = heapOf[signature] { return known }
        heaps.append([])
        let heap = Int32(heaps.count - 1)
        heapOf[signature] = heap
        return heap
    }

    private mutating func insert(_ member: Int, into heap: Int32) {
        if heaps[Int(heap)].isEmpty { active.append(heap) }
        heaps[Int(heap)].append(Int32(member))
        entries[member].heap = heap
        entries[member].place = Int32(heaps[Int(heap)].count - 1)
        settle(heaps[Int(heap)].count - 1, in: Int(heap))
    }

    private mutating func remove(_ member: Int) {
        let (heap, place) = (Int(entries[member].heap), Int(entries[member].place))
        entries[member].heap = -1
        guard let last = heaps[heap].popLast() else { return }
        if heaps[heap].isEmpty { active.removeAll { $0 == heap } }
        guard Int(last) != member else { return }
        put(last, at: place, in: heap)
        settle(place, in: heap)
    }

    private mutating func put(_ member: Int32, at place: Int, in heap: Int) {
        heaps[heap][place] = member
        entries[Int(member)].place = Int32(place)
    }

    private mutating func settle(_ start: Int, in heap: Int) {
        var place = start
        let member = heaps[heap][place]
        let key = entries[Int(member)].key
        while place > 0, key < self.key(at: (place - 1) / 2, in: heap) {
            put(heaps[heap][(place - 1) / 2], at: place, in: heap)
            place = (place - 1) / 2
        }
        while let child = smallerChild(of: place, in: heap), self.key(at: child, in: heap) < key {
            put(heaps[heap][child], at: place, in: heap)
            place = child
        }
        put(member, at: place, in: heap)
    }

    private func smallerChild(of place: Int, in heap: Int) -> Int? {
        let left = 2 * place + 1
        guard left < heaps[heap].count else { return nil }
        guard left + 1 < heaps[heap].count else { return left }
        return key(at: left, in: heap) <= key(at: left + 1, in: heap) ? left : left + 1
    }

    private func key(at place: Int, in heap: Int) -> UInt64 { entries[Int(heaps[heap][place])].key }
}

extension Double {
    /// The power of two below, for any value at all.
    fileprivate var clampedExponent: Int {
        isFinite && self >= 1 ? Int(exponent) : (self == .infinity ? 63 : 0)
    }
}
