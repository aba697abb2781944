public import struct Foundation.Date

/// The time as a translation needs it; passed in, because nothing here looks at a clock.
public struct Moment: Sendable, Equatable {
    /// Of a clock that never runs backwards; only differences count.
    public let nanoseconds: UInt64
    /// For `created_at`.
    public let date: Date

    public init(nanoseconds: UInt64, date: Date) {
        self.nanoseconds = nanoseconds
        self.date = date
    }
}
