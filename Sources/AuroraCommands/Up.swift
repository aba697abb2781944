public import ArgumentParser
import AuroraConfig
import AuroraDialects
import AuroraModel
import AuroraNode
import Foundation
public import Logging

struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start the node in the foreground.",
        discussion: """
            Without a manifest the node runs on defaults: it finds engines on this machine, and installs a small one when there is none.
            It stops on SIGTERM or Ctrl-C, after running answers have ended or the drain time is over.

            A machine that cannot be reached from outside joins another node by dialling out; its engines then serve that node's
            requests too.

            Example:
              aurora up --manifest /etc/aurora/aurora.yml
              aurora up --join https://lead.example.com:8004 --token-file token
            """)

    @OptionGroup var manifest: ManifestOptions
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    @OptionGroup var join: JoinOptions

    @Option(help: ArgumentHelp("What to log: trace, debug, info, notice, warning, error.", valueName: "level"))
    var logLevel: Logger.Level = .notice

    @Option(help: ArgumentHelp("How to log to standard error: text or json.", valueName: "format"))
    var logFormat = LogFormat.text

    func run() async throws {
        var manifest = try manifest.require()
        let joins = try join.targets(manifest)
        // A machine that joins a mesh and has no manifest is there to work, not to lead.
        if manifest.source == nil, !joins.isEmpty { manifest.thisNode = NodeSpec(name: manifest.thisNode.name, role: .gpu) }
        let format = logFormat
        let level = logLevel
        LoggingSystem.bootstrap { _ in NodeLogHandler(format: format, level: level) }
        let settings = NodeSettings(
            manifest: manifest, stateFolder: try state.folder(), environment: ProcessInfo.processInfo.environment, joins: joins)
        let node = try await Node.prepare(settings, metrics: NodeMetrics.bootstrap(), logger: Logger(label: "aurora"))
        let isJSON = output.json
        try await node.run { addresses in
            UpReport.started(addresses, json: isJSON)
        } onProgress: { line in
            if !isJSON { UpReport.progress(line) }
        }
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}

/// What `aurora up` prints.
enum UpReport {
    static func started(_ addresses: NodeAddresses, json: Bool) {
        Terminal.show((json ? line(addresses) : text(addresses)) + "\n")
    }

    static func progress(_ line: String) { Terminal.show("\(line)\n") }

    /// For programs that start a node and wait for it.
    static func line(_ addresses: NodeAddresses) -> String {
        let fields: JSON = [
            "event": "ready", "gateway": .string(addresses.gateway), "chat": .string(addresses.chat), "console": .string(addresses.console),
            "socket": .string(addresses.socket),
        ]
        return fields.text
    }

    static func text(_ addresses: NodeAddresses) -> String {
        """
        gateway  \(addresses.gateway)   OpenAI: base URL \(addresses.gateway)/v1 · Ollama: OLLAMA_HOST=\(addresses.gateway)
        chat     \(addresses.chat)
        console  \(addresses.console)   open this in a browser
        """
    }
}
