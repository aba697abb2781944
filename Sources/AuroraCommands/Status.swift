import ArgumentParser
import AuroraAPI
import AuroraModel
import Foundation

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the running node: engines, models and load.",
        discussion: """
            Example:
              aurora status
              aurora status --json | jq .engines
            """)

    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let status = try await NodeConnection(stateFolder: try state.folder()).get(NodeStatus.self, "/api/status")
        if output.json {
            print(String(decoding: try Wire.encode(status), as: UTF8.self))
        } else {
            print(StatusReport.text(status))
        }
    }
}

/// The status for people.
enum StatusReport {
    static func text(_ status: NodeStatus) -> String {
        ([heading(status), engines(status)] + [local(status), load(status), warnings(status)]).compactMap { $0 }.joined(separator: "\n\n")
    }

    private static func heading(_ status: NodeStatus) -> String {
        let ready = status.ready ? Terminal.styled("ready", .good) : Terminal.styled("waiting for an engine", .warn)
        let addresses = ["gateway", "chat", "console"].compactMap { name in status.addresses[name].map { "  \(name.padded(to: 8)) \($0)" } }
        let first =
            "\(Terminal.styled(status.node, .bold)) (\(status.role), mesh \(status.mesh)) \(ready), up \(Amount.duration(status.uptimeSeconds))"
        return ([first] + addresses).joined(separator: "\n")
    }

    private static func engines(_ status: NodeStatus) -> String {
        guard !status.engines.isEmpty else { return "no engines" }
        var table = Table("ENGINE", "KIND", "STATE", "IN FLIGHT", "TOK/S", "MODELS")
        for engine in status.engines {
            let style: Terminal.Style = engine.state == "up" ? .good : engine.state == "down" ? .bad : .dim
            let models = engine.models.map { $0.loaded ? "\($0.name)*" : $0.name }.joined(separator: ", ")
            table.add(
                (engine.name, nil), (engine.kind.rawValue, nil), (engine.state, style), (String(engine.inFlight), nil),
                (engine.tokensPerSecond.map { String(format: "%.1f", $0) } ?? "-", nil), (engine.reason ?? models, nil))
        }
        return table.text + "\n* loaded"
    }

    private static func local(_ status: NodeStatus) -> String? {
        status.localEngine.map { local in
            "local engine: \(local.state), \(local.detail)" + (local.progress.map { " (\(Amount.percent($0)))" } ?? "")
        }
    }

    private static func warnings(_ status: NodeStatus) -> String? {
        guard !status.warnings.isEmpty else { return nil }
        return status.warnings.map { "\(Terminal.styled("warning", .warn)): \($0)" }.joined(separator: "\n")
    }

    private static func load(_ status: NodeStatus) -> String {
        let load = status.load
        return "\(load.inFlight) in flight, \(String(format: "%.1f", load.requestsPerSecond)) requests/s, "
            + "\(String(format: "%.1f", load.tokensPerSecond)) tokens/s; \(load.requestsTotal) requests and \(load.tokensTotal) tokens since the start"
    }
}

/// Amounts as people say them; `-` for numbers that make no sense.
enum Amount {
    static func duration(_ seconds: Double) -> String {
        guard let whole = Int(exactly: seconds.rounded(.down)), whole >= 0 else { return "-" }
        return switch whole {
        case ..<60: "\(whole) s"
        case ..<3600: "\(whole / 60) min"
        case ..<86_400: "\(whole / 3600) h \(whole % 3600 / 60) min"
        default: "\(whole / 86_400) d \(whole % 86_400 / 3600) h"
        }
    }

    /// Short times exactly: `31 ms`, `4.2 s`; long ones as above.
    static func time(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "-" }
        return switch seconds {
        case 0..<0.9995: "\(Int((seconds * 1000).rounded())) ms"
        case ..<60: String(format: "%.1f s", seconds)
        default: duration(seconds)
        }
    }

    /// In GB of 2^30 bytes, as the memory of GPUs is counted.
    static func gigabytes(_ bytes: Int64) -> String { String(format: "%.1f", Double(max(0, bytes)) / Double(1 << 30)) }

    /// - Parameter part: 0 to 1.
    static func percent(_ part: Double) -> String {
        Int(exactly: (part * 100).rounded(.down)).map { "\($0) %" } ?? "-"
    }
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
