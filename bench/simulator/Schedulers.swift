import AuroraModel
import AuroraRouting

/// A request that goes to a worker now.
struct Placement {
    let job: Job
    let worker: Int
}

/// What the simulation asks of whoever decides.
protocol Scheduler {
    mutating func arrived(_ job: Job, isRetry: [Int], engines: [Engine], now: Double) -> [Placement]
    mutating func firstToken(_ job: Job, now: Double)
    mutating func finished(_ job: Job, cached: Int, engines: [Engine], now: Double) -> [Placement]
    /// The worker fell asleep or could not be reached.
    mutating func failed(_ job: Job, worker: Int, unreachable: Bool, now: Double) -> [Placement]
    /// A look at all workers.
    mutating func looked(_ engines: [Engine], now: Double) -> [Placement]
    mutating func tick(now: Double) -> [Placement]
}

/// Knows every speed, queue, cache, length of answer and time of sleep exactly, and sends each request where its first token comes
/// first, by running a copy of the engine ahead.
struct AllKnowing: Scheduler {
    /// How much it minds that a model in use has to leave for another: seconds for each second of loading. Zero is purely greedy.
    let evictionWeight: Double
    private var lastUse: [[Double]]

    init(workers: Int, models: Int, evictionWeight: Double) {
        self.evictionWeight = evictionWeight
        lastUse = Array(repeating: Array(repeating: -.infinity, count: models), count: workers)
    }

    mutating func arrived(_ job: Job, isRetry: [Int], engines: [Engine], now: Double) -> [Placement] {
        var best: (worker: Int, time: Double)?
        let order = engines.indices.map { (worker: $0, bound: engines[$0].alone(job)) }.sorted { $0.bound < $1.bound }
        for (worker, bound) in order {
            if let best, bound >= best.time { break }
            guard engines[worker].nature.isAwake(now), let time = ahead(job, engines[worker], now: now) else { continue }
            let cost = time + penalty(job, worker, engines[worker], now: now)
            if cost < best?.time ?? .infinity { best = (worker, cost) }
        }
        guard let best else { return [] }
        lastUse[best.worker][job.model] = now
        return [Placement(job: job, worker: best.worker)]
    }

    /// The exact time to first token; nil when the worker sleeps before the answer is done.
    private func ahead(_ job: Job, _ engine: Engine, now: Double) -> Double? {
        var copy = engine
        copy.submit(job, at: now)
        var first: Double?
        while true {
            guard copy.nextEvent.isFinite else { return nil }
            for event in copy.step() {
                if case .firstToken(let other, _) = event, other.id == job.id {
                    first = copy.time - now + engine.nature.link
                    if engine.nature.sleeps == nil { return first }
                }
                if case .finished(let other) = event, other.id == job.id {
                    return copy.time < engine.nature.sleepsAt(after: now) ? first : nil
                }
            }
        }
    }

    private func penalty(_ job: Job, _ worker: Int, _ engine: Engine, now: Double) -> Double {
        guard evictionWeight > 0, !engine.resident.contains(job.model), engine.resident.count >= engine.nature.room,
            let victim = engine.resident.first
        else { return 0 }
        let age = now - lastUse[worker][victim]
        return evictionWeight * engine.nature.loadSeconds / (1 + age / 60)
    }

    func firstToken(_ job: Job, now: Double) {}
    func finished(_ job: Job, cached: Int, engines: [Engine], now: Double) -> [Placement] { [] }
    func failed(_ job: Job, worker: Int, unreachable: Bool, now: Double) -> [Placement] { [] }
    func looked(_ engines: [Engine], now: Double) -> [Placement] { [] }
    func tick(now: Double) -> [Placement] { [] }
}

/// The real router, told what a gateway would tell it.
struct Routed: Scheduler {
    private(set) var router: Router
    private let models: [String]
    private var keys: [ModelKey] = []
    private var runs: [Int: RunID] = [:]
    private var tickets: [TicketID: Job] = [:]
    private(set) var refused = 0
    /// Sleeping workers as of the last look.
    private var down: Set<Int> = []

    init(policy: PolicyName, models: [String], engines: [Engine], seed: UInt64) {
        var settings = RouterSettings()
        settings.policy = policy
        settings.lineLimit = 100_000
        settings.clientShare = 1
        settings.waitLimit = 100_000
        settings.seed = seed
        router = Router(settings)
        self.models = models
        _ = looked(engines, now: 0)
        let candidates = engines.indices.map { WorkerID(Int32($0)) }
        keys = models.map { model in
            router.register(model, candidates: candidates.map { Candidate(worker: $0, model: model) }, now: Self.instant(0))
        }
    }

    static func instant(_ seconds: Double) -> Instant { Instant(nanoseconds: UInt64((seconds + 1000) * 1e9)) }

    mutating func arrived(_ job: Job, isRetry: [Int], engines: [Engine], now: Double) -> [Placement] {
        let request = RoutingRequest(
            model: keys[job.model], promptTokens: job.estimatedTokens, expectedTokens: job.maxTokens,
            affinity: job.conversation.map { UInt64($0) }, client: job.client, excluded: isRetry.map { WorkerID(Int32($0)) })
        switch router.admit(request, now: Self.instant(now)) {
        case .run(let run): return [place(run, job)]
        case .waits(let ticket): tickets[ticket.id] = job
        case .refused: refused += 1
        }
        return []
    }

    mutating func firstToken(_ job: Job, now: Double) {
        if let run = runs[job.id] { router.firstToken(run, now: Self.instant(now)) }
    }

    mutating func finished(_ job: Job, cached: Int, engines: [Engine], now: Double) -> [Placement] {
        guard let run = runs.removeValue(forKey: job.id) else { return [] }
        // Every second engine tells what it had cached, as some do.
        let measured = Measured(
            promptTokens: job.promptTokens, cachedTokens: job.id % 2 == 0 ? cached : nil, outputTokens: job.outputTokens)
        router.ended(run, .finished(measured), now: Self.instant(now))
        return tick(now: now)
    }

    mutating func failed(_ job: Job, worker: Int, unreachable: Bool, now: Double) -> [Placement] {
        guard let run = runs.removeValue(forKey: job.id) else { return [] }
        router.ended(run, .failed(unreachable ? .connect : .broken), now: Self.instant(now))
        return tick(now: now)
    }

    mutating func looked(_ engines: [Engine], now: Double) -> [Placement] {
        let facts = engines.enumerated().map { index, engine in
            WorkerFacts(
                id: WorkerID(Int32(index)), name: "worker\(index)", node: "node\(index)",
                kind: engine.nature.tellsSlots ? .openai : .ollama,
                isUp: engine.nature.isAwake(now), slotsTold: engine.nature.tellsSlots ? engine.nature.slots : nil,
                linkSeconds: engine.nature.link,
                models: models.enumerated().map { model, name in
                    ModelFacts(name: name, isResident: engine.resident.contains(model), sizeBytes: 4_000_000_000)
                })
        }
        router.update(facts, now: Self.instant(now))
        return now > 0 ? tick(now: now) : []
    }

    mutating func tick(now: Double) -> [Placement] {
        for (ticket, _) in router.expire(now: Self.instant(now)) where tickets.removeValue(forKey: ticket) != nil { refused += 1 }
        return router.dispatch(now: Self.instant(now)).compactMap { started in
            tickets.removeValue(forKey: started.ticket.id).map { place(started.run, $0) }
        }
    }

    private mutating func place(_ run: Run, _ job: Job) -> Placement {
        runs[job.id] = run.id
        return Placement(job: job, worker: Int(run.worker.raw))
    }
}
