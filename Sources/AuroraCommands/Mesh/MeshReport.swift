import AuroraAPI
import AuroraModel
import Foundation

/// The mesh for people.
enum MeshReport {
    // MARK: Nodes

    static func nodes(_ view: MeshView) -> String {
        var table = Table("NODE", "ROLE", "STATUS", "LINK", "GPUS", "IN FLIGHT", "VERSION", "NOTE")
        for node in view.nodes {
            let link = node.linkMs.map { $0 > 0 ? Amount.time($0 / 1000) : "-" } ?? "-"
            table.add(
                (node.name, node.name == view.node ? .bold : nil), (node.role.rawValue, nil), (node.status.rawValue, style(node.status)),
                (link, nil), (gpus(node.gpus), nil), (String(node.inFlight), nil), (node.version ?? "-", nil), (note(node), nil))
        }
        return "\(summary(view))\n\n\(table.text)"
    }

    private static func summary(_ view: MeshView) -> String {
        let online = view.nodes.filter(\.status.isReachable)
        let gpus = online.reduce(0) { $0 + $1.gpus.count }
        let (line, tasks) = (view.line, view.tasks)
        return [
            "\(Terminal.styled(view.mesh, .bold)) as '\(view.node)' sees it: \(online.count) of \(count(view.nodes.count, "node")) online, \(count(gpus, "GPU"))",
            "  requests  \(line.running) running, \(line.waiting) waiting",
            "  tasks     \(tasks.active) active, \(tasks.queued) queued, \(tasks.completed) completed, \(tasks.failed) failed",
        ].joined(separator: "\n")
    }

    private static func gpus(_ gpus: [GPUReport]) -> String {
        guard let first = gpus.first else { return "-" }
        let name = gpus.allSatisfy { $0.name == first.name } ? first.name : "mixed"
        let known = gpus.filter { $0.memoryBytes != nil }
        guard !known.isEmpty else { return "\(gpus.count)× \(name)" }
        func sum(_ value: (GPUReport) -> Int64?) -> Int64 {
            known.reduce(into: Int64(0)) { $0 = $0.addingReportingOverflow(max(0, value($1) ?? 0)).partialValue }
        }
        return "\(gpus.count)× \(name), \(Amount.gigabytes(sum(\.memoryUsedBytes))) of \(Amount.gigabytes(sum(\.memoryBytes))) GB"
    }

    private static func note(_ node: MeshNode) -> String {
        guard let reason = node.reason else { return "" }
        guard !node.status.isReachable, let age = node.ageSeconds else { return reason }
        return "\(reason) (\(Amount.duration(age)) ago)"
    }

    private static func style(_ status: MeshNodeStatus) -> Terminal.Style {
        switch status {
        case .online: .good
        case .draining: .warn
        case .offline: .bad
        case .asleep: .dim
        }
    }

    // MARK: Workers

    static func workers(_ workers: [MeshWorker]) -> String {
        guard !workers.isEmpty else { return "no workers: no engine was found on any node; 'aurora doctor' tells what is missing" }
        var table = Table("WORKER", "NODE", "KIND", "STATE", "BUSY", "WAITING", "TOTAL", "FAILED", "MODELS")
        for worker in workers {
            let busy = "\(worker.inFlight + worker.outside) of \(worker.slots.now)"
            let models = worker.models.map { $0.loaded ? "\($0.name)*" : $0.name }.joined(separator: ", ")
            table.add(
                (worker.name, nil), (worker.node, nil), (worker.kind.rawValue, nil), state(worker), (busy, nil), (String(worker.waiting), nil),
                (String(worker.requests), nil), (String(worker.failures), nil), (worker.reason ?? models, nil))
        }
        return table.text + "\n* loaded"
    }

    private static func state(_ worker: MeshWorker) -> (String, Terminal.Style?) {
        switch (worker.status, worker.breaker) {
        case ("up", "open"): ("resting", .warn)
        case ("up", "half-open"): ("on trial", .warn)
        case ("up", _): worker.takesWork ? ("up", .good) : ("draining", .warn)
        case ("down", _): ("down", .bad)
        default: (worker.status, .dim)
        }
    }

    // MARK: Models

    static func models(_ models: [MeshModel]) -> String {
        guard !models.isEmpty else { return "no models: no engine that answers has one; 'aurora mesh pull MODEL --on NODE' fetches one" }
        var table = Table("MODEL", "WORKER", "LOADED", "SIZE", "TOK/S", "PROMPT TOK/S", "LOADS IN", "MEASURED", "REAL/PREDICTED")
        for model in models {
            for (number, place) in model.places.enumerated() {
                table.add(
                    (number == 0 ? title(model) : "", nil), (place.worker, place.takesWork ? nil : .dim),
                    (place.model.loaded ? "yes" : "no", place.model.loaded ? .good : .dim),
                    (place.model.sizeBytes.map { "\(Amount.gigabytes($0)) GB" } ?? "-", nil), (speed(place.model.tokensPerSecond, place), nil),
                    (speed(place.model.promptTokensPerSecond, place), nil), (assumed(Amount.time(place.model.loadSeconds), place), nil),
                    (String(place.model.samples), nil), (place.model.errorRatio.map { String(format: "%.2f", $0) } ?? "-", nil))
            }
        }
        return table.text
    }

    private static func title(_ model: MeshModel) -> String {
        model.aliases.isEmpty ? model.name : "\(model.name) (\(model.aliases.joined(separator: ", ")))"
    }

    private static func speed(_ value: Double, _ place: MeshModel.Place) -> String {
        value > 0 ? assumed(String(format: "%.1f", value), place) : "-"
    }

    private static func assumed(_ text: String, _ place: MeshModel.Place) -> String { place.model.samples == 0 ? "~\(text)" : text }

    static func count(_ number: Int, _ thing: String) -> String { "\(number) \(thing)\(number == 1 ? "" : "s")" }
}
