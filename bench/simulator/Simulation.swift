/// Plays a workload against engines in virtual time, under one scheduler.
struct Simulation<S: Scheduler> {
    struct Outcome {
        /// Seconds until the first token, by job; nil when it never came.
        var firstTokens: [Double?]
        var loads = 0
        var retries = 0
        var finished = 0
    }

    private struct Event: Comparable {
        enum Kind { case arrival(Int), engine(Int, version: Int), sleep(Int), look, tick, refusedConnection(Int, worker: Int) }

        let time: Double
        let number: Int
        let kind: Kind

        static func < (a: Event, b: Event) -> Bool { a.time == b.time ? a.number < b.number : a.time < b.time }
        static func == (a: Event, b: Event) -> Bool { a.time == b.time && a.number == b.number }
    }

    private(set) var scheduler: S
    private var engines: [Engine]
    private var versions: [Int]
    private let jobs: [Job]
    private let clients: Int?
    private var nextJob = 0
    private var events: [Event] = []
    private var number = 0
    private var excluded: [Int: [Int]] = [:]
    private var cached: [Int: Int] = [:]
    private var open: Int
    private var outcome: Outcome

    /// Facts are as old as this at most; what waits is looked at this often.
    private static var lookEvery: Double { 0.75 }
    private static var tickEvery: Double { 0.25 }
    /// Until a call to a sleeping machine is given up.
    private static var connectTimeout: Double { 0.5 }

    /// - Parameter clients: that many ask again as soon as they have an answer, whatever times the jobs name; nil keeps the times.
    init(_ scheduler: S, engines: [Engine], jobs: [Job], clients: Int? = nil) {
        self.scheduler = scheduler
        self.clients = clients
        self.engines = engines
        self.jobs = jobs
        versions = Array(repeating: 0, count: engines.count)
        open = jobs.count
        outcome = Outcome(firstTokens: Array(repeating: nil, count: jobs.count))
    }

    /// - Parameter limit: virtual seconds after which it stops, whatever is left.
    mutating func run(until limit: Double = .infinity) -> Outcome {
        for _ in 0..<(clients ?? 1) { pushNextArrival(now: 0) }
        push(Self.lookEvery, .look)
        push(Self.tickEvery, .tick)
        for (index, engine) in engines.enumerated() where engine.nature.sleeps != nil {
            push(engine.nature.sleepsAt(after: 0), .sleep(index))
        }
        while open > 0, let event = pop(), event.time <= limit {
            handle(event)
        }
        outcome.loads = engines.reduce(0) { $0 + $1.loads }
        return outcome
    }

    private mutating func handle(_ event: Event) {
        let now = event.time
        switch event.kind {
        case .arrival(let index):
            if clients == nil { pushNextArrival(now: now) }
            send(scheduler.arrived(jobs[index], isRetry: [], engines: engines, now: now), now)
        case .engine(let index, let version):
            guard versions[index] == version else { return }
            step(index, now)
        case .sleep(let index): fallAsleep(index, now)
        case .look:
            push(now + Self.lookEvery, .look)
            send(scheduler.looked(engines, now: now), now)
        case .tick:
            push(now + Self.tickEvery, .tick)
            send(scheduler.tick(now: now), now)
        case .refusedConnection(let id, let worker): lost(jobs[id], worker, unreachable: true, now)
        }
    }

    private mutating func pushNextArrival(now: Double) {
        guard jobs.indices.contains(nextJob) else { return }
        push(clients == nil ? jobs[nextJob].time : now, .arrival(nextJob))
        nextJob += 1
    }

    private mutating func send(_ placements: [Placement], _ now: Double) {
        for placement in placements {
            guard engines[placement.worker].nature.isAwake(now) else {
                push(now + Self.connectTimeout, .refusedConnection(placement.job.id, worker: placement.worker))
                continue
            }
            engines[placement.worker].submit(placement.job, at: now)
            schedule(placement.worker)
        }
    }

    private mutating func step(_ index: Int, _ now: Double) {
        for event in engines[index].step() {
            switch event {
            case .firstToken(let job, let read):
                cached[job.id] = read
                if outcome.firstTokens[job.id] == nil { outcome.firstTokens[job.id] = now - job.time + engines[index].nature.link }
                scheduler.firstToken(job, now: now + engines[index].nature.link)
            case .finished(let job):
                open -= 1
                outcome.finished += 1
                if clients != nil { pushNextArrival(now: now) }
                send(scheduler.finished(job, cached: cached[job.id] ?? 0, engines: engines, now: now), now)
            }
        }
        schedule(index)
    }

    private mutating func fallAsleep(_ index: Int, _ now: Double) {
        let lostJobs = engines[index].sleep(at: now)
        versions[index] += 1
        if let sleeps = engines[index].nature.sleeps { push(now + sleeps.period, .sleep(index)) }
        for job in lostJobs { lost(job, index, unreachable: false, now) }
    }

    /// The gateway tries another worker. Once the first token was out, the rest of the answer is asked for in the same way.
    private mutating func lost(_ job: Job, _ worker: Int, unreachable: Bool, _ now: Double) {
        outcome.retries += 1
        excluded[job.id, default: []].append(worker)
        send(scheduler.failed(job, worker: worker, unreachable: unreachable, now: now), now)
        send(scheduler.arrived(job, isRetry: excluded[job.id] ?? [], engines: engines, now: now), now)
    }

    private mutating func schedule(_ index: Int) {
        versions[index] += 1
        let next = engines[index].nextEvent
        if next.isFinite { push(next, .engine(index, version: versions[index])) }
    }

    // MARK: Events in order

    private mutating func push(_ time: Double, _ kind: Event.Kind) {
        number += 1
        events.append(Event(time: time, number: number, kind: kind))
        var child = events.count - 1
        while child > 0, events[child] < events[(child - 1) / 2] {
            events.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func pop() -> Event? {
        guard let first = events.first, let last = events.popLast() else { return nil }
        guard !events.isEmpty else { return first }
        events[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < events.count && events[child] < events[least] { least = child }
            if least == parent { return first }
            events.swapAt(parent, least)
            parent = least
        }
    }
}
