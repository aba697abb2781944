import CoreMetrics

/// Values counted by size: recorders as they are, timers in seconds. A value that is no number would spoil the sum for
/// ever and is ignored; a negative duration can only come from a clock set back and counts as zero.
final class HistogramCell: MetricCell, RecorderHandler, TimerHandler {
    let id: SeriesID
    private let buckets: Buckets
    /// One for each bound and one for what is above all of them; not cumulative, so that a value is one addition.
    private let counts: [AtomicCount]
    private let sum = AtomicDouble()

    init(_ id: SeriesID, _ buckets: Buckets) {
        self.id = id
        self.buckets = buckets
        counts = (0...buckets.bounds.count).map { _ in AtomicCount() }
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        let place = buckets.bounds.firstIndex { value <= $0 } ?? buckets.bounds.count
        counts[place].add(1)
        sum.add(value)
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(max(0, duration)) / 1e9) }

    func write(into out: inout TextFormat) {
        let prefix = id.labels.isEmpty ? "" : id.labels + ","
        var total: UInt64 = 0
        for (bound, count) in zip(buckets.texts + ["+Inf"], counts) {
            total &+= count.value
            out.sample(id.name, suffix: "_bucket", labels: "\(prefix)le=\"\(bound)\"", total)
        }
        out.sample(id.name, suffix: "_sum", labels: id.labels, sum.value)
        out.sample(id.name, suffix: "_count", labels: id.labels, total)
    }
}
