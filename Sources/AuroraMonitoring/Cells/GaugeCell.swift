import CoreMetrics

/// A number that goes up and down: meters, and recorders that keep only the last value.
final class GaugeCell: MetricCell, MeterHandler, RecorderHandler {
    let id: SeriesID
    private let number = AtomicDouble()

    init(_ id: SeriesID) { self.id = id }

    func set(_ value: Int64) { number.set(Double(value)) }
    func set(_ value: Double) { number.set(value) }
    func increment(by amount: Double) { number.add(amount) }
    func decrement(by amount: Double) { number.add(-amount) }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }

    func write(into out: inout TextFormat) { out.sample(id.name, labels: id.labels, number.value) }
}
