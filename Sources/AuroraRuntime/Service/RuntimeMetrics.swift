import Foundation
import Metrics

/// What the runtime counts; the label is the service's name.
struct RuntimeMetrics: Sendable {
    private var shown: Set<String> = []

    mutating func show(_ reports: [ServiceReport]) {
        let names = Set(reports.map(\.name))
        for name in shown.subtracting(names) { gauges(name).forEach { $0.destroy() } }
        shown = names
        for report in reports {
            let gauges = gauges(report.name)
            let isUp = report.state == ServicePhase.running.word && report.health != HealthWatch.State.unhealthy.rawValue
            gauges[0].record(isUp ? 1 : 0)
            gauges[1].record(report.startedAt?.timeIntervalSince1970 ?? 0)
        }
    }

    static func restarted(_ service: String) {
        Counter(label: "aurora_service_restarts_total", dimensions: [("service", service)]).increment()
    }

    private func gauges(_ service: String) -> [Gauge] {
        ["aurora_service_up", "aurora_service_start_time_seconds"].map { Gauge(label: $0, dimensions: [("service", service)]) }
    }
}
