/// Numbers that follow from others, made anew when those changed.
extension Mesh {
    /// After anything about a worker changed but its runs.
    mutating func refresh(worker place: Int) {
        guard let worker = workers[place] else { return }
        loads[place].slots = worker.slots(settings: settings)
        loads[place].probeAt = worker.learnsSlots ? worker.slotLearner.nextProbe : .never
        var passes = true
        var onTrial = false
        switch worker.breaker.state {
        case .closed: break
        case .halfOpen: onTrial = true
        case .open(let until):
            passes = false
            breakerAt = min(breakerAt, until)
        case .unreachable: passes = false
        }
        loads[place].isUsable = worker.facts.isUp && worker.facts.takesWork && passes
        loads[place].isOnTrial = onTrial
        refreshTimes(worker: place)
    }

    /// After a run started, went on or ended.
    mutating func refreshTimes(worker place: Int) {
        guard let worker = workers[place] else { return }
        let over = max(1, loads[place].busy - loads[place].slots + 1)
        var idle = Instant.origin
        for run in worker.runs { idle = max(idle, run.end) }
        loads[place].idleAt = idle
        if let next = Self.next(worker.runs, rank: over) {
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
        guard let pair = pairs[index] else { return }
        numbers[index].pace = pair.experience.pace(prior: pair.prior)
        numbers[index].yield = pair.experience.yield
        numbers[index].isMeasured = pair.experience.samples > 0
    }

    /// Breakers whose pause is over let one request through.
    mutating func tickBreakers(now: Instant) {
        guard now >= breakerAt else { return }
        breakerAt = .never
        for place in workers.indices where workers[place] != nil {
            workers[place]?.breaker.tick(now: now)
            refresh(worker: place)
        }
    }

    /// What is assumed of pairs never measured: as much faster or slower than usual as their worker was with other models, else
    /// as others were with the same model.
    mutating func renewPriors() {
        let unmeasured = pairs.indices.filter { pairs[$0].map { $0.experience.samples == 0 } ?? false }
        guard !unmeasured.isEmpty else { return }
        let ratios = measuredRatios()
        for index in unmeasured {
            guard let pair = pairs[index] else { continue }
            let usual = Prior.pace(sizeBytes: pair.sizeBytes)
            let ratio = ratios.workers[pair.worker] ?? ratios.models[pair.model]
            pairs[index]?.prior = ratio.map { usual.scaled(by: $0) } ?? usual
            refresh(pair: index)
        }
    }

    private func measuredRatios() -> (workers: [Int: Pace.Ratio], models: [String: Pace.Ratio]) {
        var byWorker: [Int: [Pace.Ratio]] = [:]
        var byModel: [String: [Pace.Ratio]] = [:]
        for (index, pair) in pairs.enumerated() {
            guard let pair, pair.experience.samples > 0 else { continue }
            let ratio = numbers[index].pace.ratio(to: Prior.pace(sizeBytes: pair.sizeBytes))
            byWorker[pair.worker, default: []].append(ratio)
            byModel[pair.model, default: []].append(ratio)
        }
        return (byWorker.compactMapValues(Pace.Ratio.median), byModel.compactMapValues(Pace.Ratio.median))
    }
}
