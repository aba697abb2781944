import AuroraModel
import Testing

@testable import AuroraRouting

/// A router with workers and a clock, told about as a gateway would.
struct TestMesh {
    var router: Router
    private(set) var now = Instant(nanoseconds: 1_000_000_000_000)
    private(set) var facts: [WorkerFacts] = []
    private(set) var key: ModelKey

    static let model = "llama"

    /// Workers that all have the model in memory, with told slots.
    init(_ count: Int, slots: Int? = 1, settings: RouterSettings = RouterSettings(), learned: LearnedState = LearnedState()) {
        self.init(
            (0..<count).map { number in
                WorkerFacts(
                    id: WorkerID(Int32(number + 1)), name: "w\(number + 1)", node: "n\(number + 1)", kind: .openai, slotsTold: slots,
                    linkSeconds: 0.001, models: [ModelFacts(name: Self.model, isResident: true, sizeBytes: 4_000_000_000)])
            }, settings: settings, learned: learned)
    }

    init(_ facts: [WorkerFacts], settings: RouterSettings = RouterSettings(), learned: LearnedState = LearnedState()) {
        var quiet = settings
        if settings.exploreShare == RouterSettings().exploreShare { quiet.exploreShare = 0 }
        router = Router(quiet, learned: learned)
        self.facts = facts
        router.update(facts, now: now)
        key = router.register(Self.model, candidates: Self.candidates(facts, Self.model), now: now)
    }

    static func candidates(_ facts: [WorkerFacts], _ model: String) -> [Candidate] {
        facts.filter { $0.models.contains { $0.name == model } }.map { Candidate(worker: $0.id, model: model) }
    }

    mutating func pass(_ seconds: Double) { now = now.advanced(by: seconds) }

    /// Changes what is known of worker `number`, which counts from 1.
    mutating func change(_ number: Int, _ change: (inout WorkerFacts) -> Void) {
        for index in facts.indices where facts[index].id.raw == Int32(number) { change(&facts[index]) }
        router.update(facts, now: now)
    }

    mutating func set(_ facts: [WorkerFacts]) {
        self.facts = facts
        router.update(facts, now: now)
        key = router.register(Self.model, candidates: Self.candidates(facts, Self.model), now: now)
    }

    func request(_ prompt: Int = 200, _ change: (inout RoutingRequest) -> Void = { _ in }) -> RoutingRequest {
        var request = RoutingRequest(model: key, promptTokens: prompt)
        change(&request)
        return request
    }

    mutating func admit(_ prompt: Int = 200, _ change: (inout RoutingRequest) -> Void = { _ in }) -> Admission {
        router.admit(request(prompt, change), now: now)
    }

    /// Sends a request that must run at once.
    mutating func run(_ prompt: Int = 200, _ change: (inout RoutingRequest) -> Void = { _ in }) throws -> Run {
        let admission = admit(prompt, change)
        return try #require(admission.run, "\(admission)")
    }

    /// Sends a request that must wait.
    mutating func wait(_ prompt: Int = 200, _ change: (inout RoutingRequest) -> Void = { _ in }) throws -> Ticket {
        let admission = admit(prompt, change)
        return try #require(admission.ticket, "\(admission)")
    }

    /// Lets a run answer in the given times, and dispatches.
    @discardableResult
    mutating func finish(
        _ run: Run, ttft: Double = 0.1, tokens: Int = 50, generation: Double = 0.5, _ change: (inout Measured) -> Void = { _ in }
    ) -> [(ticket: Ticket, run: Run)] {
        pass(ttft)
        router.firstToken(run.id, now: now)
        pass(generation)
        var measured = Measured(outputTokens: tokens)
        change(&measured)
        router.ended(run.id, .finished(measured), now: now)
        return router.dispatch(now: now)
    }

    /// Teaches the speed of a worker with requests that are pinned to it.
    mutating func teach(_ number: Int, prompt: Int = 200, ttft: Double, times: Int = 6, tokens: Int = 50, generation: Double = 0.5) {
        for _ in 0..<times {
            guard let run = admit(prompt, { $0.pinned = WorkerID(Int32(number)) }).run else { continue }
            finish(run, ttft: ttft, tokens: tokens, generation: generation)
        }
    }
}

extension Admission {
    var run: Run? { if case .run(let run) = self { run } else { nil } }
    var ticket: Ticket? { if case .waits(let ticket) = self { ticket } else { nil } }
    var refusal: Refusal? { if case .refused(let refusal) = self { refusal } else { nil } }
}
