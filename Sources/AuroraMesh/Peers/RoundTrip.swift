/// How far away a node is: the shortest of its newest calls, smoothed, so that one slow answer does not look like a long way.
struct RoundTrip {
    private static let window = 8

    private var recent: [Duration] = []
    private(set) var estimate: Duration?

    mutating func add(_ measured: Duration) -> Duration {
        recent = recent.suffix(Self.window - 1) + [measured]
        let shortest = recent.min() ?? measured
        let next = estimate.map { $0 + (shortest - $0) / 4 } ?? shortest
        estimate = next
        return next
    }
}
