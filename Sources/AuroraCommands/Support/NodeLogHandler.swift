import ArgumentParser
import Foundation
import Logging

enum LogFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case text
    case json
}

/// Structured log lines on standard error: `time level message key=value …`, or one JSON object a line.
struct NodeLogHandler: LogHandler {
    let format: LogFormat
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    init(format: LogFormat, level: Logger.Level) {
        self.format = format
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { Terminal.complain(line(event, at: Date())) }

    /// One event, without the end of its line.
    func line(_ event: LogEvent, at time: Date) -> String {
        let stamp = time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        var fields = metadata.merging(event.metadata ?? [:]) { _, new in new }.mapValues { "\($0)" }
        if let error = event.error { fields["error"] = "\(error)" }
        return format == .text ? text(event, stamp, fields) : json(event, stamp, fields)
    }

    private func text(_ event: LogEvent, _ stamp: String, _ fields: [String: String]) -> String {
        let tail = fields.sorted { $0.key < $1.key }.map { " \($0.key)=\(quoted($0.value))" }.joined()
        return "\(stamp) \(event.level.rawValue) \(Terminal.oneLine("\(event.message)"))\(tail)"
    }

    private func json(_ event: LogEvent, _ stamp: String, _ fields: [String: String]) -> String {
        // The line's own fields win, whatever metadata calls itself.
        let own = ["time": stamp, "level": event.level.rawValue, "message": "\(event.message)"]
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let object = try? encoder.encode(own.merging(fields) { own, _ in own })
        return object.map { String(decoding: $0, as: UTF8.self) } ?? text(event, stamp, fields)
    }

    /// A value can neither end its line nor pass for two.
    private func quoted(_ value: String) -> String {
        let line = Terminal.oneLine(value)
        guard line.isEmpty || line.contains(where: { $0.isWhitespace || $0 == "\"" }) else { return line }
        return "\"\(line.replacing("\"", with: "'"))\""
    }
}
