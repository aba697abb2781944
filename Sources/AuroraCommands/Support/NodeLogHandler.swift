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

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { _, new in new }.sorted { $0.key < $1.key }
        Terminal.complain(format == .text ? text(event, fields) : json(event, fields))
    }

    private func text(_ event: LogEvent, _ fields: [(key: String, value: Logger.Metadata.Value)]) -> String {
        let tail = fields.map { " \($0.key)=\(quoted("\($0.value)"))" }.joined()
        return "\(now) \(event.level.rawValue) \(oneLine("\(event.message)"))\(tail)"
    }

    private func json(_ event: LogEvent, _ fields: [(key: String, value: Logger.Metadata.Value)]) -> String {
        var object = ["time": now, "level": event.level.rawValue, "message": "\(event.message)"]
        for (key, value) in fields { object[key] = "\(value)" }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(object)).map { String(decoding: $0, as: UTF8.self) } ?? text(event, fields)
    }

    private var now: String { Date().formatted(.iso8601.time(includingFractionalSeconds: true)) }

    /// A value can neither end its line nor pass for two.
    private func quoted(_ value: String) -> String {
        value.contains { $0 == " " || $0 == "\"" || $0.isNewline } ? "\"\(oneLine(value).replacing("\"", with: "'"))\"" : value
    }

    private func oneLine(_ text: String) -> String { text.replacing("\n", with: "\\n").replacing("\r", with: "") }
}
