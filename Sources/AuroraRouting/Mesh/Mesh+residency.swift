/// Which models are in memory, and what leaves when another comes.
extension Mesh {
    /// What the router saw itself is newer than facts from a look taken up to this many seconds before.
    private static let factsAge = 1.5
    /// A model that came within this many seconds may be why another left.
    private static let recently = 5.0
    /// Requests of late on a model at which its leaving surely means loading it again.
    private static let surelyUsed = 2.0
    /// How much it matters that a model leaves which others still have in memory.
    private static let otherCopies = 0.3
    /// How likely a model has to leave when nobody knows the memory.
    private static let unknownMemory = 0.5

    /// What loading a model that is not resident means for others.
    struct Eviction: Sendable, Equatable {
        /// How likely a model has to leave, 0 to 1.
        var likely = 0.0
        /// Expected seconds of loading the models again that leave.
        var cost = 0.0
        /// They are answering: the load waits for them.
        var waitsForRuns = false
    }

    func eviction(toLoad index: Int, now: Instant) -> Eviction {
        let residents = self.residents(beside: index)
        let likely = residents.isEmpty ? 0 : shortage(for: index, residents: residents.count)
        guard likely > 0 else { return Eviction() }
        let (room, size) = (workers[pairs[index].worker].facts.freeBytes, pairs[index].sizeBytes)
        var eviction = Eviction(likely: likely)
        var bytes = room ?? 0
        for victim in residents.sorted(by: { usedAt($0) < usedAt($1) }) {
            let isLast = residentCopies[pairs[victim].model, default: 0] <= 1
            let use = min(1, pairs[victim].heat(now: now) / Self.surelyUsed) * (isLast ? 1 : Self.otherCopies)
            eviction.cost += numbers[victim].pace.load * use * likely
            if numbers[victim].active > 0, likely == 1 { eviction.waitsForRuns = true }
            bytes = bytes.addingReportingOverflow(max(0, pairs[victim].sizeBytes ?? 0)).partialValue
            guard room != nil, let size, bytes < size else { break }
        }
        return eviction
    }

    /// The router sends a request for a model that is not resident: it loads now, and what may have to leave counts as gone until
    /// facts say that it stayed. To be wrong about that costs less than to send requests after a model that is not there.
    mutating func startsLoading(_ index: Int, until loaded: Instant, now: Instant) {
        numbers[index].loadedAt = loaded
        let residents = self.residents(beside: index)
        guard let victim = residents.min(by: { usedAt($0) < usedAt($1) }) else { return }
        if shortage(for: index, residents: residents.count) > 0 {
            saw(victim, resident: false, now: now)
            pairs[victim].isThoughtGone = true
        }
    }

    /// What the router learned of residency before the next facts tell it.
    mutating func saw(_ index: Int, resident: Bool, now: Instant) {
        setResident(index, resident)
        numbers[index].loadedAt = .origin
        pairs[index].residencySeenAt = now
    }

    /// The only place where residency changes, so that the copies are counted.
    mutating func setResident(_ index: Int, _ resident: Bool) {
        guard numbers[index].isResident != resident else { return }
        numbers[index].isResident = resident
        let copies = residentCopies[pairs[index].model, default: 0] + (resident ? 1 : -1)
        residentCopies[pairs[index].model] = copies > 0 ? copies : nil
    }

    /// Takes over what the facts say of models and their residency, and notices when a model left for another.
    mutating func observeResidency(_ facts: WorkerFacts, at place: Int, now: Instant) {
        var left = false
        var came = false
        for model in facts.models {
            guard let index = workers[place].pairs[model.name] else { continue }
            let seenAt = pairs[index].residencySeenAt
            pairs[index].sizeBytes = model.sizeBytes
            pairs[index].told = model.told
            let age = seenAt == .origin ? Double.infinity : now.seconds(since: seenAt)
            came = came || (model.isResident && (age < Self.recently || !numbers[index].isResident))
            guard age >= Self.factsAge else { continue }
            left = left || (!model.isResident && (pairs[index].isThoughtGone || numbers[index].isResident))
            pairs[index].isThoughtGone = false
            guard numbers[index].isResident != model.isResident else { continue }
            setResident(index, model.isResident)
            if model.isResident { numbers[index].loadedAt = .origin }
        }
        learnLimit(at: place, resident: facts.models.count(where: \.isResident), swapped: left && came)
    }

    /// A model that left as another came shows how many there is room for; one that left alone was only idle for long.
    private mutating func learnLimit(at place: Int, resident: Int, swapped: Bool) {
        workers[place].mostResident = max(workers[place].mostResident, resident)
        if let limit = workers[place].residentLimit {
            workers[place].residentLimit = max(limit, resident)
        } else if swapped {
            workers[place].residentLimit = max(1, resident)
        }
    }

    private func residents(beside index: Int) -> [Int] {
        workers[pairs[index].worker].pairs.values.filter { $0 != index && numbers[$0].isResident }
    }

    /// How likely a model has to leave, 0 to 1.
    private func shortage(for index: Int, residents: Int) -> Double {
        let worker = pairs[index].worker
        if let free = workers[worker].facts.freeBytes, let size = pairs[index].sizeBytes { return size > free ? 1 : 0 }
        if residents < workers[worker].mostResident { return 0 }
        return workers[worker].residentLimit.map { residents >= $0 ? 1 : 0 } ?? Self.unknownMemory
    }

    private func usedAt(_ index: Int) -> Instant { pairs[index].usedAt }
}
