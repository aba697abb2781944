/// What an engine is like, in truth. The router has to find out.
struct EngineNature {
    let name: String
    /// Tokens of a prompt, and of an answer, a second, for one request alone.
    let promptRate: Double
    let tokenRate: Double
    /// Seconds that each request takes before its prompt.
    let overhead: Double
    let link: Double
    let slots: Int
    let tellsSlots: Bool
    /// Part of its speed that a request loses for each other one.
    let slowdown: Double
    /// Models that fit in memory, and seconds to load one.
    let room: Int
    let loadSeconds: Double
    /// Conversations whose prompt stays cached.
    let caches: Int
    /// Sleeps for the second part of each period.
    let sleeps: (period: Double, awake: Double, offset: Double)?

    func isAwake(_ time: Double) -> Bool {
        guard let sleeps else { return true }
        return (time + sleeps.offset).truncatingRemainder(dividingBy: sleeps.period) < sleeps.awake
    }

    /// When it next falls asleep.
    func sleepsAt(after time: Double) -> Double {
        guard let sleeps else { return .infinity }
        let phase = (time + sleeps.offset).truncatingRemainder(dividingBy: sleeps.period)
        return phase < sleeps.awake ? time + sleeps.awake - phase : time
    }

    /// Seconds of work at full speed.
    func work(_ job: Job) -> Double { overhead + Double(job.promptTokens) / promptRate + Double(job.outputTokens) / tokenRate }

    /// Requests a second at full load.
    func capacity(meanWork: Double) -> Double { Double(slots) / (1 + slowdown * Double(slots - 1)) / meanWork }
}

/// An engine at work: slots that share its speed, a queue of its own, models that come and go. A value, so that the all-knowing
/// scheduler can copy it and look ahead.
struct Engine {
    enum Phase { case loading, reading, answering }

    struct Active {
        let job: Job
        var phase: Phase
        var left: Double
        var read: Int
    }

    enum Event {
        case firstToken(Job, cached: Int)
        case finished(Job)
    }

    let nature: EngineNature
    var active: [Active] = []
    var queue: [Job] = []
    /// The least recently used first.
    var resident: [Int]
    private var contexts: [(conversation: Int, tokens: Int)] = []
    private(set) var time = 0.0
    var loads = 0

    init(_ nature: EngineNature, resident: [Int]) {
        self.nature = nature
        self.resident = resident
    }

    func cached(_ job: Job) -> Int {
        guard let conversation = job.conversation, let known = contexts.first(where: { $0.conversation == conversation }) else { return 0 }
        return min(known.tokens, job.promptTokens - 1)
    }

    /// Time to first token if it came now to an engine that does nothing.
    func alone(_ job: Job) -> Double {
        nature.link + nature.overhead + Double(job.promptTokens - cached(job)) / nature.promptRate
            + (resident.contains(job.model) ? 0 : nature.loadSeconds)
    }

    mutating func submit(_ job: Job, at now: Double) {
        advance(to: now)
        queue.append(job)
        startWaiting()
    }

    /// When anything happens next; infinity when nothing is under way.
    var nextEvent: Double {
        let rate = self.rate
        var soonest = Double.infinity
        for request in active { soonest = min(soonest, request.phase == .loading ? request.left : request.left / rate) }
        return time + soonest
    }

    /// Moves on to a time not after `nextEvent`.
    mutating func advance(to now: Double) {
        let elapsed = max(0, now - time)
        let done = elapsed * rate
        for index in active.indices { active[index].left -= active[index].phase == .loading ? elapsed : done }
        time = max(time, now)
    }

    /// Moves on to the next event and tells what it was.
    mutating func step() -> [Event] {
        advance(to: nextEvent)
        var events: [Event] = []
        for index in active.indices.reversed() where active[index].left <= 1e-9 {
            let job = active[index].job
            switch active[index].phase {
            case .loading:
                active[index].phase = .reading
                active[index].read = job.promptTokens - cached(job)
                active[index].left = nature.overhead + Double(active[index].read) / nature.promptRate
            case .reading:
                events.append(.firstToken(job, cached: job.promptTokens - active[index].read))
                active[index].phase = .answering
                active[index].left = Double(job.outputTokens) / nature.tokenRate
            case .answering:
                events.append(.finished(job))
                remember(job)
                active.remove(at: index)
            }
        }
        startWaiting()
        return events
    }

    /// Everything under way is lost.
    mutating func sleep(at now: Double) -> [Job] {
        advance(to: now)
        let lost = active.map(\.job) + queue
        active = []
        queue = []
        contexts = []
        return lost
    }

    private var rate: Double {
        let running = active.count { $0.phase != .loading }
        return 1 / (1 + nature.slowdown * Double(max(0, running - 1)))
    }

    private mutating func startWaiting() {
        while active.count < nature.slots, let job = queue.first {
            var load = 0.0
            if let loading = active.first(where: { $0.job.model == job.model && $0.phase == .loading }) {
                load = loading.left
            } else if !resident.contains(job.model) {
                guard makeRoom() else { return }
                resident.append(job.model)
                loads += 1
                load = nature.loadSeconds
            }
            resident.removeAll { $0 == job.model }
            resident.append(job.model)
            queue.removeFirst()
            active.append(Active(job: job, phase: .loading, left: load, read: 0))
        }
    }

    /// A model that answers does not leave: the request that needs its room waits, and all behind it.
    private mutating func makeRoom() -> Bool {
        guard resident.count >= nature.room else { return true }
        guard let victim = resident.firstIndex(where: { model in !active.contains { $0.job.model == model } }) else { return false }
        resident.remove(at: victim)
        return true
    }

    private mutating func remember(_ job: Job) {
        guard let conversation = job.conversation else { return }
        contexts.removeAll { $0.conversation == conversation }
        contexts.append((conversation, job.promptTokens + job.outputTokens))
        if contexts.count > nature.caches { contexts.removeFirst() }
    }
}
