/// The requests of one model and one priority that wait, fair between clients.
///
/// Start-time fair queueing (Goyal, Vin, Cheng, 1996) over predicted seconds of work: each request begins where the client's
/// last one ended in virtual time, or, if nothing of it waits, at the lane's own virtual time if that is later; the least beginning is next. So a client
/// with a thousand requests gets the same share of work as one with two, whatever their length. Virtual time moves on with
/// the work that is handed out, divided by the clients that wait: even when new clients keep coming, old requests get their turn.
struct Lane: Sendable {
    private struct Entry: Sendable, Comparable {
        let order: LaneOrder
        let ticket: UInt64

        static func < (a: Entry, b: Entry) -> Bool { a.order < b.order }
    }

    private struct Client: Sendable {
        var end: Double
        var waiting: Int
    }

    private var heap = Heap<Entry>()
    private var clients: [Int: Client] = [:]
    private var virtual = 0.0
    private(set) var count = 0
    private var clientsWaiting = 0

    /// Clients without requests that are remembered at most.
    private static let memory = 256

    var isEmpty: Bool { count == 0 }

    /// The order that a new request gets.
    /// - Parameter isRetry: it waited before, and goes to the front.
    mutating func join(client: Int, work: Double, number: UInt64, isRetry: Bool) -> LaneOrder {
        var state = clients[client] ?? Client(end: 0, waiting: 0)
        // Only a client that had nothing waiting begins anew; the others would lose what they are behind.
        let turn = isRetry ? -.infinity : (state.waiting > 0 ? state.end : max(virtual, state.end))
        if !isRetry { state.end = turn + max(work, 1e-3) }
        if state.waiting == 0 { clientsWaiting += 1 }
        state.waiting += 1
        clients[client] = state
        count += 1
        return LaneOrder(turn: turn, number: number)
    }

    mutating func insert(_ ticket: UInt64, order: LaneOrder) { heap.push(Entry(order: order, ticket: ticket)) }

    /// The next that is still there; those that left are dropped on the way.
    mutating func next(isThere: (UInt64) -> Bool) -> UInt64? {
        while let first = heap.first {
            if isThere(first.ticket) { return first.ticket }
            _ = heap.pop()
        }
        return nil
    }

    mutating func takeNext() { _ = heap.pop() }

    /// A request was handed out: time moves on.
    mutating func served(client: Int, order: LaneOrder, work: Double) {
        virtual += work / Double(max(1, clientsWaiting))
        if order.turn.isFinite { virtual = max(virtual, order.turn) }
        leave(client: client)
    }

    /// A request is gone from the lane, served or not.
    mutating func leave(client: Int) {
        count -= 1
        guard var state = clients[client] else { return }
        state.waiting -= 1
        if state.waiting == 0 { clientsWaiting -= 1 }
        clients[client] = state
        forget()
    }

    /// Drops entries of requests that left, once they are the most.
    mutating func compact(isThere: (UInt64) -> Bool) {
        guard heap.count > 2 * count + 32 else { return }
        heap.removeAll { !isThere($0.ticket) }
    }

    private mutating func forget() {
        if count == 0 {
            self = Lane()
        } else if clients.count > clientsWaiting + Self.memory {
            clients = clients.filter { $0.value.waiting > 0 || $0.value.end > virtual }
            if clients.count > clientsWaiting + Self.memory { clients = clients.filter { $0.value.waiting > 0 } }
        }
    }
}
