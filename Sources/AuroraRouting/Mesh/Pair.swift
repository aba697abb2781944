/// The numbers of a worker and model that every decision reads, made from `Pair` when that changes.
struct PairNumbers: Sendable {
    var pace: Pace
    var isResident: Bool
    /// While it loads for an earlier request: when it is expected in memory.
    var loadedAt = Instant.origin
    /// Part of an expected cached prefix that really is there.
    var yield = CacheYield().parts
    var isMeasured = false
    /// Requests of this router that run.
    var active = 0
    var measuredAt = Instant.origin
}

/// One model on one worker: what was learned, and what it is compared with.
struct Pair: Sendable {
    let model: String
    let worker: Int
    /// Tells this pair from an earlier one in the same place; 0 once the model is gone and its place is free for another.
    fileprivate(set) var serial: UInt64
    var sizeBytes: Int64?
    var prior: Pace
    /// Measured by another router.
    var told: ToldSpeed?
    var experience = Experience()
    /// Requests of late, halved in `heatHalfLife` seconds without one; says whether the model is in use here.
    private var heat = 0.0
    private(set) var usedAt: Instant
    /// What this router itself saw of the model being resident; beats facts that are older.
    var residencySeenAt = Instant.origin
    /// It is assumed to have left for another; facts have not said so yet.
    var isThoughtGone = false
    private static let heatHalfLife = 60.0

    init(model: String, worker: Int, serial: UInt64, sizeBytes: Int64?, prior: Pace, now: Instant) {
        self.model = model
        self.worker = worker
        self.serial = serial
        self.sizeBytes = sizeBytes
        self.prior = prior
        usedAt = now
    }

    var isPresent: Bool { serial != 0 }

    mutating func gone() { serial = 0 }

    mutating func used(now: Instant) {
        heat = heat(now: now) + 1
        usedAt = now
    }

    func heat(now: Instant) -> Double {
        guard heat > 0 else { return 0 }
        return heat / (1 + max(0, now.seconds(since: usedAt)) / Self.heatHalfLife)
    }
}
