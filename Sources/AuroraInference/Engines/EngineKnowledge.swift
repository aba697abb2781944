import Synchronization

/// What an engine was found to answer besides its list of models, so that it is not asked again and again for what it lacks.
struct EngineKnowledge: Sendable {
    /// A page that tells of load.
    enum Page: String, Sendable, CaseIterable {
        case props = "/props"
        case slots = "/slots"
        case metrics = "/metrics"
    }

    /// How asking for a page went.
    enum Outcome: Sendable, Equatable {
        case told(EngineLoad)
        /// It has no such page, or one of another meaning.
        case absent
        /// It did not answer in time, or not now.
        case later
    }

    /// After which an engine is asked again for what it did not have: it may have been started anew with other options.
    static let absence = Duration.seconds(300)
    /// llama.cpp answers `/slots` between two steps of its work, so that a busy one may be late.
    static let delay = Duration.seconds(5)
    /// Slots and context do not change while an engine runs.
    static let propsAge = Duration.seconds(30)

    typealias Instant = ContinuousClock.Instant

    private(set) var software: EngineSoftware?
    private var closedUntil: [Page: Instant] = [:]
    private var props: (load: EngineLoad, until: Instant)?

    /// The pages that are worth asking for now.
    func pages(at now: Instant) -> [Page] {
        let open = Page.allCases.filter { page in closedUntil[page].map { $0 <= now } ?? true }
        return open.filter { page in
            switch (software, page) {
            case (.vllm, _), (.sglang, _): page == .metrics
            // Its metrics only repeat what its slots tell, and most servers have them off.
            case (.llamaCpp, .metrics): isAbsent(.slots, at: now)
            case (_, .props): props.map { $0.until <= now } ?? true
            default: true
            }
        }
    }

    private func isAbsent(_ page: Page, at now: Instant) -> Bool { closedUntil[page].map { $0 > now } ?? false }

    /// Notes how asking went, and returns what is known of the load now.
    mutating func learned(_ outcomes: [Page: Outcome], at now: Instant) -> EngineLoad {
        var load = EngineLoad()
        for page in Page.allCases {
            switch outcomes[page] {
            case nil: break
            case .absent: closedUntil[page] = now + Self.absence
            case .later: closedUntil[page] = now + Self.delay
            case .told(let told):
                if page == .props { props = (told, now + Self.propsAge) }
                load = load.filled(from: told)
            }
        }
        if let kept = props?.load { load = load.filled(from: kept) }
        software = load.software ?? software
        load.software = software
        return load
    }
}

/// What is known of all engines, by their URL.
final class EngineMemory: Sendable {
    /// Engines come and go with the manifest and discovery; there are never many.
    private static let limit = 1024

    private let engines = Mutex<[String: EngineKnowledge]>([:])

    func pages(of url: String, at now: EngineKnowledge.Instant) -> [EngineKnowledge.Page] {
        engines.withLock { $0[url] ?? EngineKnowledge() }.pages(at: now)
    }

    func learned(
        _ outcomes: [EngineKnowledge.Page: EngineKnowledge.Outcome], of url: String, at now: EngineKnowledge.Instant
    ) -> EngineLoad {
        engines.withLock { engines in
            if engines[url] == nil, engines.count >= Self.limit { engines = [:] }
            return engines[url, default: EngineKnowledge()].learned(outcomes, at: now)
        }
    }

    /// It does not answer: what comes back may be another program.
    func forget(_ url: String) { engines.withLock { $0[url] = nil } }
}
