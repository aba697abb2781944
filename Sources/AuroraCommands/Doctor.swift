import ArgumentParser
import AuroraConfig
import AuroraHTTP
import AuroraLive
import AuroraModel
import AuroraNode
import Foundation

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at this machine and say what is missing, and how to get it.",
        discussion: """
            Reads only. Exits 1 when something is missing without which the node cannot run.

            Example:
              aurora doctor
            """)

    @OptionGroup var manifest: ManifestOptions
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let manifest = try manifest.require()
        let ports = [("gateway", manifest.ports.gateway), ("chat", manifest.ports.chat), ("console", manifest.ports.console)]
        let settings = DoctorSettings(
            stateFolder: try state.folder(), ports: ports.map { .init(name: $0.0, port: $0.1) },
            localEngine: manifest.discovery.localEngine == .auto, http: try NodeHTTPClient.standalone())
        var results = await AuroraLive.Doctor.run(settings)
        if let warning = VPNAddress.warning(manifest) {
            results.append(DoctorResult("vpn", .warn, warning, fix: "bring the VPN up, or correct 'vpn:' of this node in aurora.yml"))
        }
        if output.json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(results), as: UTF8.self))
        } else {
            for result in results { show(result) }
        }
        if results.contains(where: { $0.verdict == .fail }) { throw ExitCode(1) }
    }

    private func show(_ result: DoctorResult) {
        let (mark, style): (String, Terminal.Style) =
            switch result.verdict {
            case .ok: ("ok  ", .good)
            case .warn: ("warn", .warn)
            case .fail: ("FAIL", .bad)
            }
        print("\(Terminal.styled(mark, style))  \(result.name.padded(to: 14)) \(result.detail)")
        if let fix = result.fix { print("      fix: \(fix)") }
    }
}
