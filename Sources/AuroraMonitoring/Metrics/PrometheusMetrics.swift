public import CoreMetrics
import Synchronization

/// A backend for swift-metrics that Prometheus can scrape.
///
/// Making a handle takes a lock for a look-up; using one never does, so make handles once and keep them. Handles of the same
/// label and dimensions share one series. `destroy()` on a handle removes the series from the exposition.
public final class PrometheusMetrics: MetricsFactory {
    /// The `Content-Type` of `render()`.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private let descriptions: [String: MetricDescription]
    private let seriesLimit: Int
    private let families = Mutex<[String: MetricFamily]>([:])
    private let dropped = Atomic<UInt64>(0)

    /// - Parameters:
    ///   - descriptions: Names, units and buckets; a metric that is not among them gets its name from its label.
    ///   - seriesLimit: Series per metric, and metrics in all. A handle beyond it is counted in
    ///     `aurora_metrics_dropped_series_total`, works, and is never shown.
    public init(descriptions: [MetricDescription] = KnownMetrics.all, seriesLimit: Int = 1000) {
        self.descriptions = Dictionary(descriptions.map { ($0.label, $0) }) { _, last in last }
        self.seriesLimit = seriesLimit
    }

    /// Everything there is to scrape, in the text format 0.0.4, ordered by name.
    public func render() -> String {
        let families = families.withLock { Array($0.values) }
        var out = TextFormat()
        for family in families.sorted(by: { $0.description.name < $1.description.name }) { family.write(into: &out) }
        out.family("aurora_metrics_dropped_series_total", .counter, help: "Metric handles refused because a limit on series was reached.")
        out.sample("aurora_metrics_dropped_series_total", dropped.load(ordering: .relaxed))
        BuildInfo.write(into: &out)
        ProcessSample.now()?.write(into: &out)
        return out.text
    }

    private func cell<Cell: MetricCell>(
        _ kind: MetricDescription.Kind, _ label: String, _ dimensions: [(String, String)], unit: String? = nil,
        buckets: Buckets = .seconds, make: (SeriesID, Buckets) -> Cell
    ) -> Cell {
        let description =
            descriptions[label]
            ?? MetricDescription(label, kind, unit: unit, buckets: buckets, help: "Recorded as '\(label)'.")
        let id = SeriesID(name: description.name, labels: SeriesName.labels(dimensions))
        let kept = families.withLock { families -> Cell? in
            guard families[id.name] != nil || families.count < seriesLimit else { return nil }
            guard families[id.name, default: MetricFamily(description)].description.kind == kind else { return nil }
            return families[id.name, default: MetricFamily(description)].cell(id.labels, limit: seriesLimit) {
                make(id, description.buckets)
            }
        }
        if let kept { return kept }
        dropped.wrappingAdd(1, ordering: .relaxed)
        return make(id, description.buckets)
    }

    private func remove(_ handler: AnyObject) {
        guard let cell = handler as? any MetricCell else { return }
        families.withLock { families in
            families[cell.id.name]?.remove(cell)
            if families[cell.id.name]?.isEmpty == true { families[cell.id.name] = nil }
        }
    }
}

extension PrometheusMetrics {
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        cell(.counter, label, dimensions) { id, _ in CounterCell(id) }
    }

    public func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        cell(.counter, label, dimensions) { id, _ in CounterCell(id) }
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        cell(.gauge, label, dimensions) { id, _ in GaugeCell(id) }
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return cell(.gauge, label, dimensions) { id, _ in GaugeCell(id) } }
        return cell(.histogram, label, dimensions, buckets: .tokens) { HistogramCell($0, $1) }
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        cell(.histogram, label, dimensions, unit: "seconds") { HistogramCell($0, $1) }
    }

    public func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    public func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    public func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    public func destroyTimer(_ handler: any TimerHandler) { remove(handler) }
}
