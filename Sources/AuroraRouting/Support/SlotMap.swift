/// Values under handles that are never given out twice: a stale handle finds nothing instead of its successor.
struct SlotMap<Element: Sendable>: Sendable {
    private struct Entry: Sendable {
        var generation: UInt32
        var element: Element?
    }

    private var entries: [Entry] = []
    private var free: [UInt32] = []
    private(set) var count = 0

    mutating func insert(_ element: Element) -> UInt64 {
        count += 1
        if let slot = free.popLast() {
            entries[Int(slot)].element = element
            return handle(Int(slot))
        }
        entries.append(Entry(generation: 1, element: element))
        return handle(entries.count - 1)
    }

    subscript(handle: UInt64) -> Element? {
        slot(of: handle).flatMap { entries[$0].element }
    }

    var all: some Sequence<Element> { entries.lazy.compactMap(\.element) }

    mutating func remove(_ handle: UInt64) -> Element? {
        guard let slot = slot(of: handle), let element = entries[slot].element else { return nil }
        entries[slot].element = nil
        entries[slot].generation &+= 1
        free.append(UInt32(truncatingIfNeeded: slot))
        count -= 1
        return element
    }

    /// Changes the element in its place; does nothing when the handle is stale.
    mutating func update<Result>(_ handle: UInt64, _ change: (inout Element) -> Result) -> Result? {
        guard let slot = slot(of: handle), var element = entries[slot].element else { return nil }
        entries[slot].element = nil
        let result = change(&element)
        entries[slot].element = element
        return result
    }

    private func handle(_ slot: Int) -> UInt64 {
        UInt64(entries[slot].generation) << 32 | UInt64(UInt32(truncatingIfNeeded: slot))
    }

    private func slot(of handle: UInt64) -> Int? {
        let slot = Int(handle & 0xFFFF_FFFF)
        guard slot < entries.count, entries[slot].generation == UInt32(truncatingIfNeeded: handle >> 32) else { return nil }
        return slot
    }
}
