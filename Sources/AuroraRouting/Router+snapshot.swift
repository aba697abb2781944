extension Router {
    /// How things stand. Takes time in proportion to workers and models: for status pages, not for each request.
    public func snapshot() -> RouterSnapshot {
        var perModel: [String: Int] = [:]
        for group in line.groups { if let name = groups[group]?.name { perModel[name] = line.count(group: group) } }
        return RouterSnapshot(
            workers: mesh.snapshots(), running: runs.count, waiting: line.count, waitingPerModel: perModel)
    }
}

extension Mesh {
    fileprivate func snapshots() -> [RouterSnapshot.Worker] {
        let snapshots = workers.indices.filter { loads[$0].isPresent }.map { snapshot(workers[$0], load: loads[$0]) }
        return snapshots.sorted { $0.id < $1.id }
    }

    private func snapshot(_ worker: Worker, load: WorkerLoad) -> RouterSnapshot.Worker {
        RouterSnapshot.Worker(
            id: load.id, name: worker.facts.name, node: worker.facts.node, inFlight: load.inFlight, outside: load.outside,
            waiting: load.planned,
            slots: .init(
                now: load.slots, set: worker.facts.slotsSet, told: worker.facts.slotsTold, learned: worker.slotLearner.slots),
            breaker: worker.breaker.shown,
            models: worker.pairs.values.map { snapshot(pair: $0) }.sorted { $0.name < $1.name })
    }

    private func snapshot(pair index: Int) -> RouterSnapshot.Model {
        let pair = pairs[index]
        let number = numbers[index]
        return RouterSnapshot.Model(
            name: pair.model, isResident: number.isResident, inFlight: number.active, samples: pair.experience.samples,
            loadSeconds: number.pace.load, promptTokensPerSecond: Self.rate(number.pace.prompt.slope),
            tokensPerSecond: Self.rate(number.pace.token.base), slowdown: number.pace.slowdown(others: 1) - 1,
            errorRatio: pair.experience.error.known)
    }

    private static func rate(_ seconds: Double) -> Double { seconds > 0 ? 1 / seconds : 0 }
}

extension CircuitBreaker {
    fileprivate var shown: RouterSnapshot.Breaker {
        switch state {
        case .closed: .closed
        case .halfOpen: .halfOpen
        case .open, .unreachable: .open
        }
    }
}
