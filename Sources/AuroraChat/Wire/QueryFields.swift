import AuroraModel
import Foundation

/// The query of a URL, with errors that name parameter and value.
struct QueryFields: Sendable {
    private var values: [String: String] = [:]

    /// As browsers write it: `+` is a space. What cannot be decoded stays as it is.
    init(_ query: String?) {
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            values[Self.decoded(parts[0])] = parts.count > 1 ? Self.decoded(parts[1]) : ""
        }
    }

    /// Nil when absent or empty.
    subscript(_ key: String) -> String? {
        values[key].flatMap { $0.isEmpty ? nil : $0 }
    }

    func whole<Number: FixedWidthInteger>(_ key: String, in range: ClosedRange<Number>, default standard: Number) throws -> Number {
        guard let text = self[key] else { return standard }
        guard let number = Number(text), range.contains(number) else {
            throw AuroraError(
                .invalid, "parameter '\(key)' is '\(text.shortened)'",
                hint: "use a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private static func decoded(_ text: Substring) -> String {
        let spaced = text.replacing("+", with: " ")
        return spaced.removingPercentEncoding ?? String(spaced)
    }
}
