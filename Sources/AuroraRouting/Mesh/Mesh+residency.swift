/// Which models are in memory, and what leaves when another comes.
extension Mesh {
    /// What the router saw itself is newer than facts from a look taken up to this many seconds before.
    private static let factsAge = 1.5
    /// A model that came within this many seconds may be why another left.
    private static let recently = 5.0
    /// Requests of late on a model at which its leaving surely means loading it again.
    private static let surelyUsed = 3.0

    /// What loading a model that is not resident means for others.
    struct Eviction: Sendable, Equatable {
        /// Expected seconds of loading the models again that leave.
        var cost = 0.0
        /// They are answering: the load waits for them.
        var waitsForRuns = false
    }

    func eviction(toLoad index: Int, now: Instant) -> Eviction {
        guard let pair = pairs[index], let worker = workers[pair.worker] else { return Eviction() }
        let residents = worker.pairs.values.filter { $0 != index && numbers[$0].isResident }
        guard !residents.isEmpty, isShort(for: pair, worker: worker, residents: residents.count) else { return Eviction() }
        var eviction = Eviction()
        var bytes = worker.facts.freeBytes ?? 0
        for victim in residents.sorted(by: { usedAt($0) < usedAt($1) }) {
            eviction.cost += numbers[victim].pace.load * min(1, (pairs[victim]?.heat(now: now) ?? 0) / Self.surelyUsed)
            if numbers[victim].active > 0 { eviction.waitsForRuns = true }
            bytes = bytes.addingReportingOverflow(max(0, pairs[victim]?.sizeBytes ?? 0)).partialValue
            guard worker.facts.freeBytes != nil, let size = pair.sizeBytes, bytes < size else { break }
        }
        return eviction
    }

    /// The router sends a request for a model that is not resident: it loads now, and what has to leave is gone.
    mutating func startsLoading(_ index: Int, until loaded: Instant, now: Instant) {
        guard let pair = pairs[index], let worker = workers[pair.worker] else { return }
        numbers[index].loadedAt = loaded
        let residents = worker.pairs.values.filter { $0 != index && numbers[$0].isResident }
        guard let victim = residents.min(by: { usedAt($0) < usedAt($1) }) else { return }
        if isShort(for: pair, worker: worker, residents: residents.count) { saw(victim, resident: false, now: now) }
    }

    /// What the router learned of residency before the next facts tell it.
    mutating func saw(_ index: Int, resident: Bool, now: Instant) {
        numbers[index].isResident = resident
        numbers[index].loadedAt = .origin
        pairs[index]?.residencySeenAt = now
    }

    /// Takes over what the facts say of residency, and notices when a model left for another.
    mutating func observeResidency(_ facts: WorkerFacts, at place: Int, now: Instant) {
        var left = false
        var came = false
        for model in facts.models {
            guard let index = workers[place]?.pairs[model.name], let pair = pairs[index] else { continue }
            pairs[index]?.sizeBytes = model.sizeBytes
            let age = pair.residencySeenAt == .origin ? Double.infinity : now.seconds(since: pair.residencySeenAt)
            came = came || (model.isResident && (age < Self.recently || !numbers[index].isResident))
            guard age >= Self.factsAge, numbers[index].isResident != model.isResident else { continue }
            left = left || !model.isResident
            numbers[index].isResident = model.isResident
            if model.isResident { numbers[index].loadedAt = .origin }
        }
        learnLimit(at: place, resident: facts.models.count(where: \.isResident), swapped: left && came)
    }

    /// A model that left as another came shows how many there is room for; one that left alone was only idle for long.
    private mutating func learnLimit(at place: Int, resident: Int, swapped: Bool) {
        if let limit = workers[place]?.residentLimit {
            workers[place]?.residentLimit = max(limit, resident)
        } else if swapped {
            workers[place]?.residentLimit = max(1, resident)
        }
    }

    private func isShort(for pair: Pair, worker: Worker, residents: Int) -> Bool {
        if let free = worker.facts.freeBytes, let size = pair.sizeBytes { return size > free }
        return worker.residentLimit.map { residents >= $0 } ?? false
    }

    private func usedAt(_ index: Int) -> Instant { pairs[index]?.usedAt ?? .origin }
}
