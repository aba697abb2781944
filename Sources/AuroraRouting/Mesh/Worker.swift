import AuroraModel

/// The numbers of a worker that every decision reads. Kept apart from `Worker` so that reading them copies no reference.
struct WorkerLoad: Sendable {
    /// False once the worker is gone and its place is free for another.
    var isPresent = true
    /// It is up, takes work, and its breaker lets something through.
    var isUsable = false
    /// It works again, perhaps: one request at a time.
    var isOnTrial = false
    var id: WorkerID
    var link = 0.0
    var slots = 1
    var inFlight = 0
    var outside = 0
    /// Requests in the line that count on this worker, and the seconds of work they bring.
    var planned = 0
    var plannedSeconds = 0.0
    /// When the next slot is expected to come free, if all are taken, and since when the answer in it is under way.
    var freeAt = Instant.origin
    var freeSince = Instant.origin
    /// When all that runs is expected to be done.
    var idleAt = Instant.origin
    /// Requests sent so far; wraps around.
    var sent: UInt32 = 0
    /// A request was last sent.
    var sentAt = Instant.origin
    /// One more than the slots may be sent from here on; never where slots are set or told.
    var probeAt = Instant.never

    init(id: WorkerID) { self.id = id }

    @inline(__always) var busy: Int { inFlight + outside }
    @inline(__always) var freeSlots: Int { (isOnTrial ? 1 : slots) - busy }
}

/// What else belongs to a worker.
struct Worker: Sendable {
    var facts: WorkerFacts
    /// Places in `Mesh.pairs`, by the engine's name of the model.
    var pairs: [String: Int] = [:]
    var runs: [RunningTime] = []
    var slotLearner: SlotLearner
    var breaker: CircuitBreaker
    /// Answers in the middle: past their first token.
    var generating = 0
    /// Last time an answer ended here.
    var endedAt = Instant.origin
    /// The integral of requests in flight over time, for the mean number of others beside an answer.
    var crowd = 0.0
    var crowdAt = Instant.origin
    /// Most models that were resident at once, once one was seen to leave for another.
    var residentLimit: Int?
    /// Most models that were seen resident at once.
    var mostResident = 0
    /// Groups with an index that this worker is in, and its place there.
    var memberships: [Membership] = []

    struct RunningTime: Sendable {
        let run: UInt64
        let start: Instant
        var end: Instant
    }

    struct Membership: Sendable {
        let group: Int
        let member: Int
    }

    init(facts: WorkerFacts, slots: SlotLearner, breaker: CircuitBreaker, now: Instant) {
        self.facts = facts
        self.slotLearner = slots
        self.breaker = breaker
        crowdAt = now
    }

    /// Set, else told, else learned.
    var slots: Int {
        let told = facts.slotsSet ?? facts.slotsTold
        return told.map { min(max(1, $0), 65_536) } ?? slotLearner.slots
    }

    var learnsSlots: Bool { facts.slotsSet == nil && facts.slotsTold == nil }

    static func usualSlots(of kind: EngineKind, settings: RouterSettings) -> Int {
        kind == .ollama ? settings.slotsOllama : settings.slotsOpenAI
    }
}
