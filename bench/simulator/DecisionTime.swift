import AuroraModel
import AuroraRouting

/// How long the router really takes, by the clock of this machine: a mesh that is two thirds busy, with conversations.
enum DecisionTime {
    struct Row: Codable {
        let workers: Int
        /// Microseconds of one `admit`, median and 99th percentile: other programs on the machine lengthen a mean.
        let decision: Double
        let decisionP99: Double
        /// Microseconds of everything that one request costs: `admit`, `firstToken`, `ended` and `dispatch`.
        let request: Double
    }

    private static let slots = 4

    static func row(workers: Int, requests: Int) -> Row {
        var router = Router(RouterSettings())
        var now: UInt64 = 1_000_000_000_000
        var dice = Dice(5)
        let model = prepare(&router, workers: workers, now: Instant(nanoseconds: now))
        let target = max(1, workers * slots * 2 / 3)
        var running: [RunID] = []
        var read = 0
        var oldest = 0
        var decisions: [Double] = []
        var totals: [Double] = []
        let clock = ContinuousClock()
        for number in 0..<requests {
            now += UInt64(1_000_000_000 / target)
            let request = RoutingRequest(
                model: model, promptTokens: 100 + Int(dice.between(0, 900)), affinity: dice.next() % UInt64(workers * 20))
            let start = clock.now
            let admission = router.admit(request, now: Instant(nanoseconds: now))
            let decided = clock.now
            if case .run(let run) = admission { running.append(run.id) }
            let moment = Instant(nanoseconds: now)
            if running.count - read > target / 5 {
                router.firstToken(running[read], now: moment)
                read += 1
            }
            if running.count - oldest > target {
                router.ended(running[oldest], .finished(Measured(outputTokens: 100)), now: moment)
                oldest += 1
            }
            let started = router.dispatch(now: moment)
            running += started.map(\.run.id)
            if number >= requests / 5 {
                decisions.append(microseconds(decided - start))
                totals.append(microseconds(clock.now - start))
            }
        }
        decisions.sort()
        totals.sort()
        return Row(
            workers: workers, decision: percentile(decisions, 0.5), decisionP99: percentile(decisions, 0.99),
            request: percentile(totals, 0.5))
    }

    private static func prepare(_ router: inout Router, workers: Int, now: Instant) -> ModelKey {
        let facts = (0..<workers).map { index in
            WorkerFacts(
                id: WorkerID(Int32(index)), name: "worker\(index)", node: "node\(index)", kind: .openai, slotsTold: slots,
                linkSeconds: 0.001 * Double(1 + index % 4), models: [ModelFacts(name: "chat", isResident: true, sizeBytes: 4_000_000_000)])
        }
        router.update(facts, now: now)
        return router.register("chat", candidates: facts.map { Candidate(worker: $0.id, model: "chat") }, now: now)
    }

    private static func microseconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) * 1e6 + Double(duration.components.attoseconds) * 1e-12
    }
}
