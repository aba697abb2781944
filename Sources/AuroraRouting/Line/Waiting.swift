/// A request in the line.
struct Waiting: Sendable {
    let request: RoutingRequest
    let joined: Instant
    let deadline: Instant
    /// Of its lane; decides the order within.
    let order: LaneOrder
    /// The worker it counts on, and the seconds of work it brings there.
    var plan: Plan?
    /// Seconds of work, as predicted when it joined.
    let work: Double

    struct Plan: Sendable {
        let worker: WorkerID
        let seconds: Double
    }
}

/// Start-time fair queueing: the virtual time at which the client's turn for this request begins, then first come, first served.
struct LaneOrder: Sendable, Comparable {
    let turn: Double
    let number: UInt64

    static func < (a: LaneOrder, b: LaneOrder) -> Bool {
        a.turn == b.turn ? a.number < b.number : a.turn < b.turn
    }
}
