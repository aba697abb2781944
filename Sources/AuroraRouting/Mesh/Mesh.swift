import AuroraModel

/// All workers and what is known of them. Places in the arrays stay as long as a worker or a pair exists.
struct Mesh: Sendable {
    let settings: RouterSettings
    private(set) var places: [WorkerID: Int] = [:]
    var loads: [WorkerLoad] = []
    var workers: [Worker] = []
    var numbers: [PairNumbers] = []
    var pairs: [Pair] = []
    /// Experience with what is not in the mesh just now, such as a laptop that sleeps.
    var archive: LRUMap<PairName, Experience>
    var slotArchive: LRUMap<String, Int>
    /// Places whose index entries are out of date.
    var changed: [Int] = []
    /// Some breaker opens or tries again at this time; nothing to do before.
    var breakerAt = Instant.never
    /// Workers that have a model in memory, by its name there.
    var residentCopies: [String: Int] = [:]
    private var freeWorkers: [Int] = []
    private var freePairs: [Int] = []
    private var serial: UInt64 = 0

    struct PairName: Hashable, Sendable {
        let worker: String
        let model: String
    }

    init(settings: RouterSettings, learned: LearnedState) {
        self.settings = settings
        archive = LRUMap(limit: settings.learnedLimit)
        slotArchive = LRUMap(limit: settings.learnedLimit)
        for pair in learned.pairs.reversed() where pair.experience.isSane {
            archive.set(pair.experience, for: PairName(worker: pair.worker, model: pair.model))
        }
        for worker in learned.workers.reversed() where (1...max(1, settings.slotsLimit)).contains(worker.slots) {
            slotArchive.set(worker.slots, for: worker.name)
        }
    }

    /// Takes over what the caller saw.
    /// - Returns: whether workers or models came or went, so that candidates have to be looked up again.
    mutating func apply(_ facts: [WorkerFacts], now: Instant) -> Bool {
        var structural = false
        var seen = Set<Int>(minimumCapacity: facts.count)
        for worker in facts {
            let known = places[worker.id]
            let place = known ?? add(worker, now: now)
            guard seen.insert(place).inserted else { continue }
            structural = take(worker, at: place, now: now) || structural || known == nil
        }
        for (id, place) in places where !seen.contains(place) {
            remove(id, at: place)
            structural = true
        }
        renewPriors()
        return structural
    }

    func place(of id: WorkerID) -> Int? { places[id] }

    // MARK: Workers

    private mutating func add(_ facts: WorkerFacts, now: Instant) -> Int {
        let slots = slotArchive.peek(facts.name) ?? Worker.usualSlots(of: facts.kind, settings: settings)
        let worker = Worker(
            facts: facts, slots: SlotLearner(slots: slots, limit: settings.slotsLimit), breaker: CircuitBreaker(settings: settings),
            now: now)
        let place = freeWorkers.popLast() ?? loads.count
        if place == loads.count {
            loads.append(WorkerLoad(id: facts.id))
            workers.append(worker)
        } else {
            loads[place] = WorkerLoad(id: facts.id)
            workers[place] = worker
        }
        places[facts.id] = place
        return place
    }

    private mutating func remove(_ id: WorkerID, at place: Int) {
        for model in workers[place].pairs.keys { removePair(model, of: place) }
        if workers[place].learnsSlots { slotArchive.set(workers[place].slotLearner.slots, for: workers[place].facts.name) }
        places[id] = nil
        loads[place].isPresent = false
        loads[place].isUsable = false
        freeWorkers.append(place)
    }

    private mutating func take(_ facts: WorkerFacts, at place: Int, now: Instant) -> Bool {
        let structural = list(facts, at: place, now: now)
        observeResidency(facts, at: place, now: now)
        workers[place].facts = facts
        workers[place].breaker.seen(isUp: facts.isUp, now: now)
        loads[place].link = facts.linkSeconds.isFinite ? min(max(0, facts.linkSeconds), 60) : 0
        loads[place].outside = min(max(0, facts.outsideLoad), 1_000_000)
        refresh(worker: place)
        return structural
    }

    // MARK: Pairs

    /// Adds and removes pairs so that they are those of the facts.
    private mutating func list(_ facts: WorkerFacts, at place: Int, now: Instant) -> Bool {
        let listed = workers[place].pairs
        guard listed.count != facts.models.count || facts.models.contains(where: { listed[$0.name] == nil }) else { return false }
        let wanted = Set(facts.models.map(\.name))
        var changed = false
        for model in listed.keys where !wanted.contains(model) {
            removePair(model, of: place)
            changed = true
        }
        for model in facts.models where workers[place].pairs[model.name] == nil {
            addPair(model, facts: facts, at: place, now: now)
            changed = true
        }
        return changed
    }

    private mutating func addPair(_ model: ModelFacts, facts: WorkerFacts, at place: Int, now: Instant) {
        serial += 1
        let prior = Prior.pace(sizeBytes: model.sizeBytes)
        var pair = Pair(model: model.name, worker: place, serial: serial, sizeBytes: model.sizeBytes, prior: prior, now: now)
        if let known = archive.remove(PairName(worker: facts.name, model: model.name)) { pair.experience = known }
        let number = PairNumbers(pace: prior, isResident: false)
        let index = freePairs.popLast() ?? pairs.count
        if index == pairs.count {
            pairs.append(pair)
            numbers.append(number)
        } else {
            pairs[index] = pair
            numbers[index] = number
        }
        workers[place].pairs[model.name] = index
        setResident(index, model.isResident)
        refresh(pair: index)
    }

    private mutating func removePair(_ model: String, of place: Int) {
        guard let index = workers[place].pairs.removeValue(forKey: model) else { return }
        if pairs[index].experience.samples > 0 {
            archive.set(pairs[index].experience, for: PairName(worker: workers[place].facts.name, model: model))
        }
        setResident(index, false)
        pairs[index].gone()
        freePairs.append(index)
    }
}
