import AuroraModel
import Foundation

/// Times as they are stored: whole microseconds since 1970, UTC, so that order and equality are exact.
enum Timestamp {
    static func microseconds(_ date: Date) throws -> Int64 {
        guard let value = Int64(exactly: (date.timeIntervalSince1970 * 1_000_000).rounded()) else {
            throw AuroraError(
                .invalid, "the time '\(date.timeIntervalSince1970)' is out of range", hint: "use a time between 1970 and 9999")
        }
        return value
    }

    static func date(_ microseconds: Int64) -> Date {
        Date(timeIntervalSince1970: Double(microseconds) / 1_000_000)
    }
}
