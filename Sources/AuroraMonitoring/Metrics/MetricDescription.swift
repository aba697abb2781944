/// What is known about a metric besides its values.
public struct MetricDescription: Sendable {
    /// The type as Prometheus names it.
    public enum Kind: String, Sendable { case counter, gauge, histogram }

    /// The label as given to swift-metrics, for example `gen_ai.server.request.duration`.
    public let label: String
    public let kind: Kind
    /// One sentence for `# HELP`.
    public let help: String
    /// Base unit that ends the name, for example `seconds`; nil for plain numbers and for names that carry it already.
    public let unit: String?
    /// Upper bounds of a histogram's buckets.
    public let buckets: Buckets

    public init(_ label: String, _ kind: Kind, unit: String? = nil, buckets: Buckets = .seconds, help: String) {
        self.label = label
        self.kind = kind
        self.help = help
        self.unit = unit
        self.buckets = buckets
    }

    /// The name in the exposition: dots become underscores, the unit is added, and counters end in `_total`.
    public var name: String {
        var name = SeriesName.sanitized(label)
        if let unit { name = name.ending(in: "_\(unit)") }
        return kind == .counter ? name.ending(in: "_total") : name
    }
}

/// Upper bounds of a histogram, ascending; the bound `+Inf` is implied.
public struct Buckets: Sendable {
    public let bounds: [Double]
    /// The bounds as `le` shows them, made once because every render needs them.
    let texts: [String]

    public init(_ bounds: [Double]) {
        self.bounds = bounds.filter(\.isFinite).sorted()
        texts = self.bounds.map(NumberText.of)
    }

    /// 0.01 to 81.92 doubling: the advice of the GenAI conventions for durations.
    public static let seconds = Buckets((0..<14).map { 0.01 * Double(1 << $0) })
    /// 1 to 67,108,864 by factors of four: the advice of the GenAI conventions for tokens.
    public static let tokens = Buckets((0..<14).map { Double(1 << (2 * $0)) })
}
