import AuroraAPI
import Foundation

/// Services for people.
enum ServiceTable {
    static func text(_ services: [ServiceView], now: Date) -> String {
        guard !services.isEmpty else { return "this node runs no services" }
        var table = Table("SERVICE", "STATE", "HEALTH", "PID", "UP", "RESTARTS", "PORTS", "NOTE")
        for service in services {
            table.add(
                (service.name, .bold), (service.state, style(service.state)), (service.health ?? "-", healthStyle(service.health)),
                (service.pid.map(String.init) ?? "-", nil), (uptime(service, now: now), nil), (String(service.restarts), nil),
                (service.ports.isEmpty ? "-" : service.ports.joined(separator: ", "), nil), (note(service), nil))
        }
        return table.text
    }

    /// The outcome of a verb, in one line.
    static func line(_ service: ServiceView) -> String {
        let pid = service.pid.map { " (pid \($0))" } ?? ""
        return Terminal.oneLine("\(service.name): \(service.state)\(pid), \(service.detail)")
    }

    private static func note(_ service: ServiceView) -> String {
        let lacking = service.limits.filter { $0.contains("not enforced") }
        let words = ["runs", "is stopped", "has done its work"].contains(service.detail) ? [] : [service.detail]
        return (words + lacking).joined(separator: "; ")
    }

    private static func uptime(_ service: ServiceView, now: Date) -> String {
        guard let start = service.startedAt.flatMap({ try? Date($0, strategy: .iso8601) }) else { return "-" }
        return Amount.duration(max(0, now.timeIntervalSince(start)))
    }

    private static func style(_ state: String) -> Terminal.Style? {
        switch state {
        case "running": .good
        case "failed", "crash-loop": .bad
        case "backing-off", "stopping", "waiting", "starting": .warn
        default: .dim
        }
    }

    private static func healthStyle(_ health: String?) -> Terminal.Style? {
        switch health {
        case "healthy": .good
        case "unhealthy": .bad
        case "starting": .warn
        default: nil
        }
    }
}
