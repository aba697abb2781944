/// How long to wait before a process that ended is started again: 1 s, doubling to 30 s; fresh after a minute up.
struct RestartBackOff: Sendable, Equatable {
    static let first: Duration = .seconds(1)
    static let longest: Duration = .seconds(30)
    static let steady: Duration = .seconds(60)

    private var next = first

    /// The wait after a process that was up for `uptime`.
    mutating func delay(afterUptime uptime: Duration) -> Duration {
        if uptime >= Self.steady { next = Self.first }
        defer { next = min(next * 2, Self.longest) }
        return next
    }
}
