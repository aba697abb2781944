import CoreMetrics

/// A number that only grows; steps back and steps that are no number are ignored.
///
/// Whole steps and fractions are kept apart, so that the common whole step is one atomic addition and never loses precision.
final class CounterCell: MetricCell, CounterHandler, FloatingPointCounterHandler {
    let id: SeriesID
    private let whole = AtomicCount()
    private let fraction = AtomicDouble()

    init(_ id: SeriesID) { self.id = id }

    func increment(by amount: Int64) {
        if amount > 0 { whole.add(UInt64(amount)) }
    }

    func increment(by amount: Double) {
        if amount > 0, amount.isFinite { fraction.add(amount) }
    }

    func reset() {
        whole.set(0)
        fraction.set(0)
    }

    func write(into out: inout TextFormat) {
        let fraction = fraction.value
        if fraction == 0 {
            out.sample(id.name, labels: id.labels, whole.value)
        } else {
            out.sample(id.name, labels: id.labels, Double(whole.value) + fraction)
        }
    }
}
