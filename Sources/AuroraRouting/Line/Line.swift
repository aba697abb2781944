/// All requests that wait, for whichever model. Bounded, also per client.
///
/// Each model has a lane for each priority. The next request of a model is the head of the lane whose priority and age count
/// most: waiting for `ageingSeconds` is worth a level, so nobody starves.
struct Line: Sendable {
    private let limit: Int
    private let clientLimit: Int
    private let ageingSeconds: Double
    private var tickets = SlotMap<Waiting>()
    private var lanes: [Int: [Lane]] = [:]
    private var deadlines = Heap<Due>()
    private var perClient: [Int: Int] = [:]
    private var number: UInt64 = 0

    private static let priorities = 0...10
    private static let emptyLanes = priorities.map { _ in Lane() }

    private struct Due: Sendable, Comparable {
        let deadline: Instant
        let ticket: UInt64

        static func < (a: Due, b: Due) -> Bool { a.deadline < b.deadline }
    }

    init(settings: RouterSettings) {
        limit = max(0, settings.lineLimit)
        clientLimit = max(1, Int(Double(min(limit, 1_000_000)) * min(max(settings.clientShare, 0), 1)))
        ageingSeconds = max(settings.ageingSeconds, 1e-3)
    }

    var count: Int { tickets.count }

    /// Models that somebody waits for.
    var groups: [Int] { lanes.keys.sorted() }

    /// The same, the one whose head waits longest for its priority first.
    mutating func groupsByUrgency(now: Instant) -> [Int] {
        guard lanes.count > 1 else { return Array(lanes.keys) }
        let ranked = groups.map { (group: $0, rank: nextHead(group: $0, now: now)?.rank ?? 0) }
        return ranked.sorted { $0.rank > $1.rank }.map(\.group)
    }

    func isFull(for client: Int) -> Bool {
        count >= limit || perClient[client, default: 0] >= clientLimit
    }

    func count(group: Int) -> Int { lanes[group]?.reduce(0) { $0 + $1.count } ?? 0 }

    subscript(ticket: UInt64) -> Waiting? { tickets[ticket] }

    mutating func join(_ request: RoutingRequest, group: Int, work: Double, plan: Waiting.Plan?, deadline: Instant, now: Instant) -> UInt64
    {
        number += 1
        let priority = Self.priority(of: request)
        let order = lanes[group, default: Self.emptyLanes][priority].join(
            client: request.client, work: work, number: number, isRetry: !request.excluded.isEmpty)
        let waiting = Waiting(request: request, joined: now, deadline: deadline, order: order, plan: plan, work: work)
        let ticket = tickets.insert(waiting)
        lanes[group]?[priority].insert(ticket, order: order)
        deadlines.push(Due(deadline: deadline, ticket: ticket))
        perClient[request.client, default: 0] += 1
        return ticket
    }

    /// The next of a model.
    mutating func head(group: Int, now: Instant) -> Waiting? {
        nextHead(group: group, now: now).flatMap { tickets[$0.ticket] }
    }

    /// Takes out the next of a model, to be served, put back, or refused.
    mutating func next(group: Int, now: Instant) -> (ticket: UInt64, waiting: Waiting)? {
        guard let head = nextHead(group: group, now: now), let waiting = tickets[head.ticket] else { return nil }
        lanes[group]?[head.priority].takeNext()
        return (head.ticket, waiting)
    }

    /// Puts back what `next` took out, in its old place.
    mutating func putBack(_ ticket: UInt64, plan: Waiting.Plan?, group: Int) {
        guard
            let waiting = tickets.update(
                ticket,
                { waiting in
                    waiting.plan = plan; return waiting
                })
        else { return }
        lanes[group]?[Self.priority(of: waiting.request)].insert(ticket, order: waiting.order)
    }

    /// What `next` took out runs now.
    mutating func served(_ ticket: UInt64, group: Int) {
        guard let waiting = tickets.remove(ticket) else { return }
        lanes[group]?[Self.priority(of: waiting.request)].served(
            client: waiting.request.client, order: waiting.order, work: waiting.work)
        tidy(waiting, group: group)
    }

    mutating func leave(_ ticket: UInt64) -> Waiting? {
        guard let waiting = tickets.remove(ticket) else { return nil }
        let group = waiting.request.model.index
        lanes[group]?[Self.priority(of: waiting.request)].leave(client: waiting.request.client)
        tidy(waiting, group: group)
        return waiting
    }

    /// Takes out all whose deadline has come.
    mutating func expired(now: Instant) -> [(ticket: UInt64, waiting: Waiting)] {
        var result: [(ticket: UInt64, waiting: Waiting)] = []
        while let due = deadlines.first, due.deadline <= now {
            _ = deadlines.pop()
            if let waiting = leave(due.ticket) { result.append((due.ticket, waiting)) }
        }
        return result
    }

    /// Takes out all that wait for a model.
    mutating func leaveAll(group: Int) -> [(ticket: UInt64, waiting: Waiting)] {
        var result: [(ticket: UInt64, waiting: Waiting)] = []
        while let (ticket, waiting) = next(group: group, now: .never) {
            result.append((ticket, waiting))
            _ = leave(ticket)
        }
        return result
    }

    /// Seconds of work that wait for a model.
    func work(group: Int) -> Double {
        tickets.all.reduce(0.0) { $1.request.model.index == group ? $0 + $1.work : $0 }
    }

    // MARK: Inside

    private static func priority(of request: RoutingRequest) -> Int {
        min(max(request.priority, priorities.lowerBound), priorities.upperBound)
    }

    private mutating func nextHead(group: Int, now: Instant) -> (ticket: UInt64, priority: Int, rank: Double)? {
        guard let count = lanes[group]?.count else { return nil }
        var best: (ticket: UInt64, priority: Int, rank: Double)?
        for priority in (0..<count).reversed() where lanes[group]?[priority].isEmpty == false {
            guard let ticket = lanes[group]?[priority].next(isThere: { tickets[$0] != nil }), let head = tickets[ticket] else { continue }
            let rank = Double(priority) + now.seconds(since: head.joined) / ageingSeconds
            if rank > best?.rank ?? -.infinity { best = (ticket, priority, rank) }
        }
        return best
    }

    private mutating func tidy(_ waiting: Waiting, group: Int) {
        let client = waiting.request.client
        if let left = perClient[client] { perClient[client] = left > 1 ? left - 1 : nil }
        lanes[group]?[Self.priority(of: waiting.request)].compact { tickets[$0] != nil }
        if lanes[group]?.allSatisfy(\.isEmpty) == true { lanes[group] = nil }
        if deadlines.count > 2 * count + 64 { deadlines.removeAll { tickets[$0.ticket] == nil } }
    }
}
