import AuroraRouting

/// Three workers with two slots, three models, room for one each, a second to load: how many requests get answered when clients ask
/// for models by chance, again and again.
enum Residency {
    struct Row: Codable {
        let scheduler: String
        let answered: Int
        let loads: Int
        /// Over that of the all-knowing scheduler.
        let ratio: Double
    }

    private static let models = ["a", "b", "c"]
    private static let clients = 9
    private static let seconds = 60.0

    static func rows() -> [Row] {
        let engines = models.indices.map { Engine(nature, resident: [$0]) }
        let jobs = self.jobs()
        let allKnowing = [0.0, 1, 3, 10].map { weight in
            outcome(AllKnowing(workers: engines.count, models: models.count, evictionWeight: weight), engines, jobs)
        }
        guard let best = allKnowing.max(by: { $0.answered < $1.answered }) else { return [] }
        let others = [PolicyName.predicted, .leastLoaded, .roundRobin].map { policy in
            (policy.rawValue, outcome(Routed(policy: policy, models: models, engines: engines, seed: 1), engines, jobs))
        }
        return ([("all-knowing", best)] + others).map { name, result in
            Row(
                scheduler: name, answered: result.answered, loads: result.loads,
                ratio: Double(result.answered) / Double(max(1, best.answered)))
        }
    }

    private static func outcome(_ scheduler: some Scheduler, _ engines: [Engine], _ jobs: [Job]) -> (answered: Int, loads: Int) {
        var simulation = Simulation(scheduler, engines: engines, jobs: jobs, clients: clients)
        let outcome = simulation.run(until: seconds)
        return (outcome.finished, outcome.loads)
    }

    private static var nature: EngineNature {
        EngineNature(
            name: "worker", promptRate: 5000, tokenRate: 200, overhead: 0.02, link: 0.001, slots: 2, tellsSlots: true, slowdown: 0.1,
            room: 1, loadSeconds: 1, caches: 0, sleeps: nil)
    }

    private static func jobs() -> [Job] {
        var dice = Dice(3)
        return (0..<20_000).map { id in
            Job(
                id: id, time: 0, model: Int(dice.between(0, 3)), promptTokens: 50, outputTokens: 20, maxTokens: nil, conversation: nil,
                client: id % clients, estimatedTokens: 50)
        }
    }
}
