import ArgumentParser
import AuroraDialects
import AuroraModel
import Foundation
import NIOCore

struct PullModel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull", abstract: "Fetch a model to one node or several, with progress.",
        discussion: """
            Example:
              aurora mesh pull qwen3:8b --on vengeance
              aurora mesh pull qwen3:8b --on vengeance,runpod-tx
            """)

    @Argument(help: "The model's name.")
    var model: String

    @Option(
        help: ArgumentHelp(
            "A node or an engine, or several with commas between; else where the manifest says, or the only Ollama there is.",
            valueName: "node"))
    var on: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let place = on.flatMap { $0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) }
        let body = Data(JSON.object(["model": .string(model), "stream": true]).bytes.readableBytesView)
        let reply = try await connection.open().stream(.post, "/api/pull" + (place.map { "?on=\($0)" } ?? ""), body: body)
        var pull = PullProgress()
        var line = ProgressLine()
        defer { line.clear() }
        for try await piece in reply.body {
            for event in try pull.take(piece) {
                if output.json { print(event.text) } else { line.show(pull.stage(event), part: pull.part(event), amount: pull.amount(event)) }
            }
        }
        try pull.finish()
        line.clear()
        if !output.json { print("pulled '\(model)'" + (on.map { " on '\($0)'" } ?? "")) }
    }
}

/// Reads the progress of a pull: one JSON object a line, as Ollama sends it.
struct PullProgress {
    /// Longest line, in bytes; a line of progress has a hundred.
    private static let lineLimit = 1 << 20

    private var rest = ByteBuffer()
    private var hasSucceeded = false

    /// The objects that these bytes complete. Throws the engine's words when it failed.
    mutating func take(_ piece: ByteBuffer) throws -> [JSON] {
        rest.writeImmutableBuffer(piece)
        var events: [JSON] = []
        while let end = rest.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest.readSlice(length: end - rest.readerIndex) ?? ByteBuffer()
            rest.moveReaderIndex(forwardBy: 1)
            try read(line, into: &events)
        }
        guard rest.readableBytes <= Self.lineLimit else { throw AuroraError(.failed, "the engine sends a line that does not end") }
        return events
    }

    private mutating func read(_ line: ByteBuffer, into events: inout [JSON]) throws {
        guard let event = try? JSON(parsing: line), event.object != nil else { return }
        if let error = event["error"]?.string { throw AuroraError(.failed, Terminal.oneLine(error), hint: "'aurora mesh workers' shows the engines") }
        hasSucceeded = hasSucceeded || event["status"]?.string == "success"
        events.append(event)
    }

    /// Throws when the end came before it was done.
    mutating func finish() throws {
        var events: [JSON] = []
        try read(rest, into: &events)
        guard hasSucceeded else {
            throw AuroraError(.failed, "the progress ended before the model was there", hint: "run it again; what was fetched is kept")
        }
    }

    func stage(_ event: JSON) -> String {
        let status = event["status"]?.string ?? "working"
        return event["node"]?.string.map { "\($0): \(status)" } ?? status
    }

    /// 0 to 1; nil when the engine does not tell.
    func part(_ event: JSON) -> Double? {
        guard let total = event["total"]?.double, total > 0 else { return nil }
        return min(max((event["completed"]?.double ?? 0) / total, 0), 1)
    }

    func amount(_ event: JSON) -> String? {
        guard let total = event["total"]?.double, total > 0 else { return nil }
        return String(format: "%.0f of %.0f MB", (event["completed"]?.double ?? 0) / 1e6, total / 1e6)
    }
}
