import AuroraDialects
import AuroraModel
public import AuroraRouting
import NIOCore
import Synchronization

/// The router of this node behind one short lock: all event loops ask the same one, so that the line is one line.
public final class MeshRouter: Sendable {
    /// Spellings remembered; clients that invent names must not fill the memory.
    private static let spellingLimit = 1024

    /// Stands in a request until its spelling is resolved.
    static let unresolved = ModelKey.none

    /// What a request asks of the router, before spellings are resolved.
    struct Ask {
        /// A name as a client wrote it; aliases are resolved already.
        var model: String
        var request: RoutingRequest
        /// Only workers for which this holds; nil for all.
        var fits: ((Worker) -> Bool)?
    }

    /// A run together with who does it.
    struct Assignment: Sendable {
        let run: Run
        let worker: Worker
        let silence: SilenceLimit
    }

    /// What became of a request.
    enum Outcome: Sendable {
        case run(Assignment)
        case waits(Ticket)
        case refused(Refusal)
    }

    typealias Resume = @Sendable (Result<Assignment, Refused>) -> Void

    /// A request that waited is let go.
    struct Refused: Error { let refusal: Refusal }

    private struct State {
        var router: Router
        var table = RoutingTable([])
        /// Each spelling that was asked for, and who has it.
        var known: [String: (key: ModelKey, candidates: [Candidate])] = [:]
        var waiting: [TicketID: Resume] = [:]
    }

    private let state: Mutex<State>
    private let waitingCount = Atomic<Int>(0)

    public init(_ router: Router) { state = Mutex(State(router: router)) }

    static func now() -> Instant { instant(.now()) }

    static func instant(_ deadline: NIODeadline) -> Instant { Instant(nanoseconds: deadline.uptimeNanoseconds) }

    // MARK: What is known of the workers

    func publish(_ workers: [Worker], cordoned: (Worker) -> Bool) {
        let table = RoutingTable(workers)
        let facts = workers.map { $0.facts(cordoned: cordoned($0)) }
        change { state in
            state.table = table
            state.router.update(facts, now: Self.now())
            for (spelling, entry) in state.known {
                let candidates = table.candidates(for: spelling)
                guard candidates != entry.candidates else { continue }
                state.known[spelling] = (state.router.register(spelling, candidates: candidates, now: Self.now()), candidates)
            }
        }
    }

    var modelNames: [String] { state.withLock { $0.table }.modelNames }

    /// Workers with this model, up or down, and what they call it.
    func workers(for model: String) -> [(worker: Worker, model: String)] {
        let table = state.withLock { $0.table }
        return table.candidates(for: model).compactMap { candidate in table.workers[candidate.worker].map { ($0, candidate.model) } }
    }

    public func snapshot() -> RouterSnapshot { state.withLock { $0.router.snapshot() } }

    public var learned: LearnedState { state.withLock { $0.router.learned } }

    // MARK: Requests

    /// Where the request runs, or that it waits; then `resume` is called once, on any thread, unless it left before.
    func admit(_ ask: Ask, resume: @autoclosure () -> Resume) -> Outcome {
        state.withLock { state in
            var (key, candidates) = Self.entry(for: ask.model, &state)
            let workers = state.table.workers
            var request = ask.request
            request.model = key
            if let fits = ask.fits {
                request.excluded += candidates.map(\.worker).filter { id in workers[id].map { !fits($0) } ?? true }
            }
            var admission = state.router.admit(request, now: Self.now())
            if case .refused(.unknownModel) = admission, !candidates.isEmpty {
                // The router forgot the key, for it keeps only so many.
                state.known[ask.model] = nil
                (key, candidates) = Self.entry(for: ask.model, &state)
                request.model = key
                admission = state.router.admit(request, now: Self.now())
            }
            switch admission {
            case .run(let run):
                guard let assignment = Self.assignment(run, &state) else { return .refused(.noneUp) }
                return .run(assignment)
            case .waits(let ticket):
                state.waiting[ticket.id] = resume()
                waitingCount.wrappingAdd(1, ordering: .relaxed)
                return .waits(ticket)
            case .refused(let refusal):
                return .refused(refusal)
            }
        }
    }

    func firstToken(_ run: RunID) {
        state.withLock { $0.router.firstToken(run, now: Self.now()) }
    }

    /// Another piece came. To be called now and then: it teaches how long this worker's pauses are.
    func progress(_ run: RunID) {
        state.withLock { $0.router.progress(run, now: Self.now()) }
    }

    func ended(_ run: RunID, _ ending: Ending) {
        change { $0.router.ended(run, ending, now: Self.now()) }
    }

    /// A request that waited wants no more: its client is gone.
    func leave(_ ticket: TicketID) {
        change { state in
            state.router.leave(ticket)
            if state.waiting.removeValue(forKey: ticket) != nil { waitingCount.wrappingSubtract(1, ordering: .relaxed) }
        }
    }

    /// Lets go of those that waited too long, and looks whether somebody can run now. Called a few times a second while work is there.
    func tick() {
        guard waitingCount.load(ordering: .relaxed) > 0 else { return }
        change { _ in }
    }

    /// Changes something, and then hands out what can run; the continuations run outside the lock.
    private func change(_ body: (inout State) -> Void) {
        let ready = state.withLock { state -> [(Resume, Result<Assignment, Refused>)] in
            body(&state)
            guard !state.waiting.isEmpty else { return [] }
            return handOut(&state)
        }
        for (resume, result) in ready { resume(result) }
    }

    private func handOut(_ state: inout State) -> [(Resume, Result<Assignment, Refused>)] {
        let now = Self.now()
        var ready: [(Resume, Result<Assignment, Refused>)] = []
        for (ticket, refusal) in state.router.expire(now: now) {
            guard let resume = state.waiting.removeValue(forKey: ticket) else { continue }
            ready.append((resume, .failure(Refused(refusal: refusal))))
        }
        for (ticket, run) in state.router.dispatch(now: now) {
            guard let resume = state.waiting.removeValue(forKey: ticket.id) else { continue }
            let assignment = Self.assignment(run, &state)
            ready.append((resume, assignment.map { .success($0) } ?? .failure(Refused(refusal: .noneUp))))
        }
        waitingCount.wrappingSubtract(ready.count, ordering: .relaxed)
        return ready
    }

    private static func assignment(_ run: Run, _ state: inout State) -> Assignment? {
        guard let worker = state.table.workers[run.worker] else {
            state.router.ended(run.id, .cancelled, now: now())
            return nil
        }
        return Assignment(run: run, worker: worker, silence: state.router.silenceLimit(run.id))
    }

    private static func entry(for model: String, _ state: inout State) -> (ModelKey, [Candidate]) {
        if let known = state.known[model] { return (known.key, known.candidates) }
        let candidates = state.table.candidates(for: model)
        let key = state.router.register(model, candidates: candidates, now: now())
        if !candidates.isEmpty {
            if state.known.count >= spellingLimit { state.known.removeAll(keepingCapacity: true) }
            state.known[model] = (key, candidates)
        }
        return (key, candidates)
    }
}
