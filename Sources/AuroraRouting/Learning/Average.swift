/// A mean that forgets: each new value counts for a tenth, the first ones for more. One wild value moves it little,
/// because a value counts as at most four times, at least a quarter of the mean once that stands on five values.
struct Average: Sendable, Codable, Equatable {
    private(set) var value: Double
    private(set) var count: Int

    static let empty = Average(value: 0, count: 0)

    private static let share = 0.1
    private static let trusted = 5
    private static let outlier = 4.0

    /// Nil before the first value.
    var known: Double? { count > 0 ? value : nil }

    mutating func add(_ observed: Double) {
        guard observed.isFinite, observed >= 0 else { return }
        let new = count >= Self.trusted && value > 0 ? min(max(observed, value / Self.outlier), value * Self.outlier) : observed
        count = min(count + 1, 1_000_000)
        value += (new - value) * max(Self.share, 1 / Double(count))
    }

    /// Whether it can have come from measurements that are at most `limit`.
    func isSane(limit: Double) -> Bool {
        value.isFinite && (0...limit).contains(value) && count >= 0
    }
}

/// The highest value of late: rises at once and sinks slowly. Stands in for a high percentile without keeping samples.
struct Peak: Sendable, Codable, Equatable {
    private(set) var value = 0.0

    private static let fade = 0.98

    mutating func add(_ observed: Double) {
        guard observed.isFinite, observed >= 0 else { return }
        value = max(observed, value * Self.fade)
    }

    func isSane(limit: Double) -> Bool { value.isFinite && (0...limit).contains(value) }
}
