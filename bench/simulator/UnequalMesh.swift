import AuroraRouting

/// Time to first token on unequal meshes of growing size, under mixed prompts, for each scheduler.
struct UnequalMesh {
    struct Row: Codable {
        let workers: Int
        let scheduler: String
        let p50: Double
        let p95: Double
        /// Over that of the all-knowing scheduler.
        let p50Ratio: Double
        let p95Ratio: Double
        let retries: Int
        let unanswered: Int
    }

    let load: Double
    let seeds: [UInt64]
    let requests: Int

    /// What happens while everybody still learns is left out.
    private static let warmUp = 0.2
    private static let policies: [PolicyName] = [.predicted, .leastLoaded, .roundRobin]
    private static let evictionWeights = [0.0, 1, 3]

    func rows(workers: Int) -> [Row] {
        let engines = Meshes.unequal(workers)
        let traces = seeds.map { trace(engines, seed: $0) }
        // The all-knowing scheduler may mind evictions more or less; the best of its kinds is what the others are held against.
        let allKnowing = Self.evictionWeights.map { weight in
            Summary(traces) {
                AllKnowing(workers: workers, models: Meshes.models.count, evictionWeight: weight)
            } engines: {
                engines
            }
        }
        guard let best = allKnowing.min(by: { $0.p95 < $1.p95 }) else { return [] }
        let others = Self.policies.map { policy in
            let summary = Summary(traces) {
                Routed(policy: policy, models: Meshes.models, engines: engines, seed: 1)
            } engines: {
                engines
            }
            return (policy.rawValue, summary)
        }
        return ([("all-knowing", best)] + others).map { name, summary in
            Row(
                workers: workers, scheduler: name, p50: summary.p50, p95: summary.p95, p50Ratio: summary.p50 / best.p50,
                p95Ratio: summary.p95 / best.p95, retries: summary.retries, unanswered: summary.unanswered)
        }
    }

    private func trace(_ engines: [Engine], seed: UInt64) -> [Job] {
        let sample = Workload(count: 2000, rate: 1, shares: Meshes.shares, seed: 7)
        let rate = Meshes.capacity(engines, jobs: sample.jobs) * load
        return Workload(count: requests, rate: rate, shares: Meshes.shares, seed: seed).jobs
    }

    private struct Summary {
        var p50 = 0.0
        var p95 = 0.0
        var retries = 0
        var unanswered = 0

        /// All traces together.
        init<S: Scheduler>(_ traces: [[Job]], scheduler: () -> S, engines: () -> [Engine]) {
            var times: [Double] = []
            for jobs in traces {
                var simulation = Simulation(scheduler(), engines: engines(), jobs: jobs)
                let outcome = simulation.run()
                let counted = outcome.firstTokens.dropFirst(Int(Double(jobs.count) * warmUp))
                times += counted.compactMap { $0 }
                retries += outcome.retries
                unanswered += counted.count { $0 == nil }
            }
            times.sort()
            p50 = percentile(times, 0.5)
            p95 = percentile(times, 0.95)
        }
    }
}

/// Of sorted values.
func percentile(_ sorted: [Double], _ part: Double) -> Double {
    sorted.isEmpty ? .nan : sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]
}
