import Synchronization

/// The values behind one series. Writers only touch atomics; a render reads them while they change.
protocol MetricCell: AnyObject, Sendable {
    var id: SeriesID { get }
    func write(into out: inout TextFormat)
}

/// A number that many threads add to.
final class AtomicDouble: Sendable {
    private let bits = Atomic<UInt64>(0)

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (done, seen) = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if done { return }
            old = seen
        }
    }
}

/// A count that many threads add to; a class so that a histogram can hold an array of them.
final class AtomicCount: Sendable {
    private let count = Atomic<UInt64>(0)

    var value: UInt64 { count.load(ordering: .relaxed) }

    func set(_ value: UInt64) { count.store(value, ordering: .relaxed) }
    func add(_ amount: UInt64) { count.wrappingAdd(amount, ordering: .relaxed) }
}
