/// A moment of a monotonic clock. The router never asks for the time, it is told.
public struct Instant: Hashable, Sendable, Comparable {
    /// Since an origin of the caller's choice.
    public let nanoseconds: UInt64

    public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    static let never = Instant(nanoseconds: .max)
    static let origin = Instant(nanoseconds: 0)

    public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }

    /// Seconds from `earlier` to this moment; negative when `earlier` is later.
    @inlinable
    public func seconds(since earlier: Instant) -> Double {
        nanoseconds >= earlier.nanoseconds
            ? Double(nanoseconds - earlier.nanoseconds) * 1e-9
            : -Double(earlier.nanoseconds - nanoseconds) * 1e-9
    }

    /// This moment moved by `seconds`; stops at the ends of the clock, and stays where it is when `seconds` is no number.
    public func advanced(by seconds: Double) -> Instant {
        guard seconds.isFinite else { return seconds == .infinity ? .never : self }
        let distance = UInt64(min(seconds.magnitude * 1e9, 9e18))
        let (moved, over) =
            seconds < 0 ? nanoseconds.subtractingReportingOverflow(distance) : nanoseconds.addingReportingOverflow(distance)
        guard over else { return Instant(nanoseconds: moved) }
        return seconds < 0 ? .origin : .never
    }
}
