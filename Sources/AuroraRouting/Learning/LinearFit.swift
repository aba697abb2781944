/// A straight line through what was measured: weighted least squares with exponential forgetting.
///
/// Errors count relative to the size of what is expected, since a prompt that takes ten times as long also scatters ten
/// times as much. Two points of the prior, moved to the height of what was measured and of little weight, give the line
/// its slope as long as all measurements lie close together. A
/// measured value counts as at most three times, at least a third of the expected one, so that one outlier does little;
/// the third in a row on the same side is a change, and what was before it is nearly forgotten.
struct LinearFit: Sendable, Codable, Equatable {
    private var weight = 0.0
    private var x = 0.0
    private var y = 0.0
    private var xx = 0.0
    private var xy = 0.0
    private(set) var count = 0
    /// Outliers in a row: above the line, or below it when negative.
    private var streak = 0

    private static let keep = 0.93
    private static let priorWeight = 0.3
    private static let trusted = 4
    private static let outlier = 3.0
    private static let change = 3
    private static let keepAfterChange = 0.1
    private static let floor = 1e-6

    /// A line with nothing negative about it.
    struct Line: Sendable, Equatable {
        var base: Double
        var slope: Double

        func value(at x: Double) -> Double { base + slope * x }
    }

    /// - Parameter reach: where the second point of the prior lies; about the usual `x`.
    mutating func add(x newX: Double, y newY: Double, prior: Line, reach: Double) {
        guard newX.isFinite, newY.isFinite, newX >= 0, newY >= 0 else { return }
        let expected = max(line(prior: prior, reach: reach).value(at: newX), Self.floor)
        let isTrusted = count >= Self.trusted && !notices(newY, expected: expected)
        let value = isTrusted ? min(max(newY, expected / Self.outlier), expected * Self.outlier) : newY
        let scale = max(isTrusted ? expected : value, Self.floor)
        decay(Self.keep)
        accumulate(newX, value, 1 / (scale * scale))
        count = min(count + 1, 1_000_000)
    }

    /// The best line for what was measured and the prior together.
    func line(prior: Line, reach: Double) -> Line {
        guard count > 0, weight > 0 else { return prior }
        let ratio = (y / weight) / max(prior.value(at: x / weight), Self.floor)
        var sums = self
        for at in [0, max(reach, 1)] {
            let held = max(prior.value(at: at) * ratio, Self.floor)
            sums.accumulate(at, held, Self.priorWeight / (held * held))
        }
        return sums.solve() ?? prior
    }

    /// Whether the value shows that things have changed.
    private mutating func notices(_ value: Double, expected: Double) -> Bool {
        if value > expected * Self.outlier {
            streak = max(streak, 0) + 1
        } else if value < expected / Self.outlier {
            streak = min(streak, 0) - 1
        } else {
            streak = 0
        }
        guard abs(streak) >= Self.change else { return false }
        streak = 0
        count = 1
        // By height as well as by number: weights go with the square of what is measured.
        decay(Self.keepAfterChange * min(1, (expected / max(value, Self.floor)) * (expected / max(value, Self.floor))))
        return true
    }

    private mutating func decay(_ factor: Double) {
        weight *= factor
        x *= factor
        y *= factor
        xx *= factor
        xy *= factor
    }

    private mutating func accumulate(_ newX: Double, _ newY: Double, _ newWeight: Double) {
        weight += newWeight
        x += newWeight * newX
        y += newWeight * newY
        xx += newWeight * newX * newX
        xy += newWeight * newX * newY
    }

    private func solve() -> Line? {
        guard weight > 0 else { return nil }
        let spread = weight * xx - x * x
        guard spread > 1e-12 * weight * xx, spread.isFinite else { return Line(base: y / weight, slope: 0) }
        let slope = (weight * xy - x * y) / spread
        let base = (y - slope * x) / weight
        guard slope.isFinite, base.isFinite else { return nil }
        if slope < 0 { return Line(base: max(0, y / weight), slope: 0) }
        return base < 0 ? Line(base: 0, slope: max(0, xy / xx)) : Line(base: base, slope: slope)
    }

    /// Whether it can have come from measurements: sums that no measurement gives would poison every prediction.
    var isSane: Bool {
        [weight, x, y, xx, xy].allSatisfy { $0.isFinite && $0 >= 0 } && count >= 0 && abs(Double(streak)) < 10 && (count == 0 || weight > 0)
    }
}
