import Foundation

/// Times as the task API writes and reads them: RFC 3339.
enum TaskTime {
    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    static func text(_ date: Date) -> String { date.formatted(style) }

    static func date(_ text: String) -> Date? { (try? style.parse(text)) ?? (try? Date.ISO8601FormatStyle().parse(text)) }
}
