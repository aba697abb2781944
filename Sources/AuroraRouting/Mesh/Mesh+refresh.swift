/// Numbers that follow from others, made anew when those changed.
extension Mesh {
    /// After anything about a worker changed but its runs.
    mutating func refresh(worker place: Int) {
        loads[place].slots = workers[place].slots
        loads[place].probeAt = workers[place].learnsSlots ? workers[place].slotLearner.nextProbe : .never
        var passes = true
        var onTrial = false
        switch workers[place].breaker.state {
        case .closed: break
        case .halfOpen: onTrial = true
        case .open(let until):
            passes = false
            breakerAt = min(breakerAt, until)
        case .unreachable: passes = false
        }
        loads[place].isUsable = loads[place].isPresent && workers[place].facts.isUp && workers[place].facts.takesWork && passes
        loads[place].isOnTrial = onTrial
        refreshTimes(worker: place)
    }

    /// After a run started, went on or ended.
    mutating func refreshTimes(worker place: Int) {
        let over = max(1, loads[place].busy - loads[place].slots + 1)
        var idle = Instant.origin
        for run in workers[place].runs { idle = max(idle, run.end) }
        loads[place].idleAt = idle
        if let next = Self.next(workers[place].runs, rank: over) {
            loads[place].freeAt = next.end
            loads[place].freeSince = next.start
        } else {
            loads[place].freeAt = .origin
            loads[place].freeSince = .origin
        }
        changed.append(place)
    }

    /// The run that ends as the `rank`-th; nearly always the first, which needs no sorting.
    private static func next(_ runs: [Worker.RunningTime], rank: Int) -> Worker.RunningTime? {
        guard rank > 1 else {
            var first: Worker.RunningTime?
            for run in runs where run.end < first?.end ?? .never { first = run }
            return first ?? runs.first
        }
        let sorted = runs.sorted { $0.end < $1.end }
        return sorted.isEmpty ? nil : sorted[min(rank, sorted.count) - 1]
    }

    /// After something was learned of a pair.
    mutating func refresh(pair index: Int) {
        numbers[index].pace = pairs[index].experience.pace(prior: pairs[index].prior)
        numbers[index].yield = pairs[index].experience.cacheYield.parts
        numbers[index].isMeasured = pairs[index].experience.samples > 0
    }

    /// Breakers whose pause is over let one request through.
    mutating func tickBreakers(now: Instant) {
        guard now >= breakerAt else { return }
        breakerAt = .never
        for place in workers.indices where loads[place].isPresent {
            workers[place].breaker.tick(now: now)
            refresh(worker: place)
        }
    }

    /// True when that changed anything.
    mutating func endBreakerPauses(of places: [Int]) -> Bool {
        var changed = false
        for place in places where loads[place].isPresent && workers[place].breaker.endPause() {
            refresh(worker: place)
            changed = true
        }
        return changed
    }

    /// What is assumed of pairs never measured: what another router measured, else as much faster or slower than usual as their worker
    /// was with other models, else as others were with the same model.
    mutating func renewPriors() {
        let unmeasured = pairs.indices.filter { pairs[$0].isPresent && pairs[$0].experience.samples == 0 }
        guard !unmeasured.isEmpty else { return }
        let ratios = measuredRatios()
        for index in unmeasured {
            let usual = Prior.pace(sizeBytes: pairs[index].sizeBytes)
            let ratio = ratios.workers[pairs[index].worker] ?? ratios.models[pairs[index].model]
            let similar = ratio.map { usual.scaled(by: $0) } ?? usual
            pairs[index].prior = pairs[index].told.map { similar.replaced(by: $0) } ?? similar
            refresh(pair: index)
        }
    }

    private func measuredRatios() -> (workers: [Int: Pace.Ratio], models: [String: Pace.Ratio]) {
        var byWorker: [Int: [Pace.Ratio]] = [:]
        var byModel: [String: [Pace.Ratio]] = [:]
        for (index, pair) in pairs.enumerated() where pair.isPresent && pair.experience.samples > 0 {
            let ratio = numbers[index].pace.ratio(to: Prior.pace(sizeBytes: pair.sizeBytes))
            byWorker[pair.worker, default: []].append(ratio)
            byModel[pair.model, default: []].append(ratio)
        }
        return (byWorker.compactMapValues(Pace.Ratio.median), byModel.compactMapValues(Pace.Ratio.median))
    }
}
