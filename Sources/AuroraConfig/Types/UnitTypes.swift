extension ValueType where Value == Int {
    /// A number of bytes, with a unit of 1024 as in compose files.
    static func bytes(_ range: ClosedRange<Int>) -> Self {
        let limits = "\(ByteSize.text(range.lowerBound)) to \(ByteSize.text(range.upperBound))"
        return .scalar(
            "size, \(limits)", expected: "a size from \(limits), such as 512KB, 100MB or 8GB", show: { .text(ByteSize.text($0)) }
        ) { text in
            ByteSize.parse(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension ValueType where Value == Duration {
    /// A span of time with its unit.
    static func duration(_ range: ClosedRange<Duration>) -> Self {
        let limits = "\(TimeSpan.text(range.lowerBound)) to \(TimeSpan.text(range.upperBound))"
        return .scalar(
            "duration, \(limits)", expected: "a duration from \(limits), such as 250ms, 30s, 5m or 1h", show: { .text(TimeSpan.text($0)) }
        ) {
            TimeSpan.parse($0).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

/// A whole number followed by a unit, such as `30s`: read and written alike.
private struct Units {
    /// From the smallest to the largest; the first is the base.
    let units: [(name: String, factor: Int)]

    func parse(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text[digits.endIndex...].drop { $0 == " " }.lowercased()
        guard let number = Int(digits), let factor = units.first(where: { $0.name.lowercased() == unit })?.factor else { return nil }
        let (value, overflows) = number.multipliedReportingOverflow(by: factor)
        return overflows ? nil : value
    }

    /// In the largest unit that needs no fraction.
    func text(_ value: Int) -> String {
        let unit = units.last { value != 0 && value % $0.factor == 0 } ?? units[0]
        return "\(value / unit.factor)\(unit.name)"
    }
}

enum ByteSize {
    private static let units = Units(units: [("", 1), ("KB", 1 << 10), ("MB", 1 << 20), ("GB", 1 << 30), ("TB", 1 << 40)])
    private static let short = Units(units: [("b", 1), ("k", 1 << 10), ("m", 1 << 20), ("g", 1 << 30), ("t", 1 << 40)])

    static func parse(_ text: String) -> Int? { units.parse(text) ?? short.parse(text) }
    static func text(_ bytes: Int) -> String { units.text(bytes) }
}

enum TimeSpan {
    private static let units = Units(units: [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)])

    static func parse(_ text: String) -> Duration? { units.parse(text).map { .milliseconds($0) } }

    static func text(_ span: Duration) -> String {
        let (seconds, attoseconds) = span.components
        return seconds == 0 && attoseconds == 0 ? "0s" : units.text(Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
    }
}
