/// Says what is to be done in which second. Pure.
struct TaskUpkeep: Sendable {
    enum Duty: Sendable, Equatable {
        /// Numbers for status and metrics.
        case count
        /// Gives up queued tasks whose deadline passed.
        case expire
        /// Renews the leases of what runs here.
        case renew
        /// Removes results that were kept long enough.
        case prune
    }

    static let interval = Duration.seconds(1)
    private static let pruneEvery = 60
    /// Other nodes may change numbers, too.
    private static let countEvery = 10

    private let renewEvery: Int
    private var second = 0

    init(settings: TaskSettings) { renewEvery = max(1, Int(settings.renewal.seconds)) }

    /// Called once an interval.
    /// - Parameter hasChanged: whether tasks changed here since; counting reads an index from end to end.
    mutating func duties(hasChanged: Bool) -> [Duty] {
        defer { second = (second + 1) % (Self.pruneEvery * renewEvery) }
        var duties: [Duty] = [.expire]
        if second % renewEvery == renewEvery - 1 { duties.append(.renew) }
        if second % Self.pruneEvery == 0 { duties.append(.prune) }
        if hasChanged || second % Self.countEvery == 0 { duties.append(.count) }
        return duties
    }
}
