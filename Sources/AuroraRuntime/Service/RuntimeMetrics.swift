import Foundation
import Metrics

/// What the runtime counts; the label is the service's name.
struct RuntimeMetrics: Sendable {
    private struct Shown: Sendable, Equatable {
        var isUp: Bool
        var start: Double
        var restarts: Int
    }

    private var shown: [String: Shown] = [:]

    /// Records what changed since the last time.
    mutating func show(_ reports: [ServiceReport]) {
        let names = Set(reports.map(\.name))
        for name in shown.keys where !names.contains(name) {
            Self.up(name).destroy()
            Self.start(name).destroy()
            shown[name] = nil
        }
        for report in reports { show(report) }
    }

    private mutating func show(_ report: ServiceReport) {
        let isUp = report.state == ServicePhase.running.word && report.health != HealthWatch.State.unhealthy.rawValue
        let now = Shown(isUp: isUp, start: report.startedAt?.timeIntervalSince1970 ?? 0, restarts: report.restarts)
        let before = shown.updateValue(now, forKey: report.name)
        guard before != now else { return }
        Self.up(report.name).record(isUp ? 1 : 0)
        Self.start(report.name).record(now.start)
        Counter(label: "aurora_service_restarts_total", dimensions: [("service", report.name)])
            .increment(by: max(0, now.restarts - (before?.restarts ?? 0)))
    }

    private static func up(_ service: String) -> Gauge { Gauge(label: "aurora_service_up", dimensions: [("service", service)]) }

    private static func start(_ service: String) -> Gauge {
        Gauge(label: "aurora_service_start_time_seconds", dimensions: [("service", service)])
    }
}
