/// How long to wait before a process that ended is started again: 1 s, doubling to 30 s; fresh after a minute up.
public struct RestartBackOff: Sendable, Equatable {
    public static let first: Duration = .seconds(1)
    public static let longest: Duration = .seconds(30)
    public static let steady: Duration = .seconds(60)

    private var next = first

    public init() {}

    /// The wait after a process that was up for `uptime`.
    public mutating func delay(afterUptime uptime: Duration) -> Duration {
        if uptime >= Self.steady { next = Self.first }
        defer { next = min(next * 2, Self.longest) }
        return next
    }
}
