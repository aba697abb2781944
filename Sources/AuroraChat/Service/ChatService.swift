import AuroraModel
public import AuroraSystem
public import Logging
public import ServiceLifecycle
import Synchronization

public import struct Foundation.Date
public import struct Foundation.UUID

/// The chat: takes messages, lets answers grow, keeps both. It knows no wire; routes and sockets translate.
///
/// Answers grow in the task group of `run()`, not in the task of whoever asked, so a cut connection costs nothing. Each
/// conversation grows one answer at a time.
public actor ChatService: Service {
    struct Job: Sendable {
        let answer: GrowingAnswer
        let request: ModelRequest
    }

    enum Phase: Sendable { case starting, running, stopping }

    public nonisolated let personalities: PersonalityLibrary
    public nonisolated let limits: ChatLimits
    nonisolated let store: any ConversationStore
    nonisolated let model: any LanguageModel
    nonisolated let clock: any Clock<Duration>
    nonisolated let logger: Logger
    nonisolated let now: @Sendable () -> Date

    private let grower: AnswerGrower
    /// Outside the actor, because a shutdown handler cannot wait.
    private nonisolated let phase = Mutex(Phase.starting)
    private let jobs: AsyncStream<Job>
    private nonisolated let queue: AsyncStream<Job>.Continuation
    /// Conversations in which an answer grows or is about to.
    private var busy: Set<String> = []
    private var growing: [String: GrowingAnswer] = [:]

    /// `node` is the name under which this node answers; `clock` measures, `now` stamps.
    public init(
        store: any ConversationStore, model: any LanguageModel, personalities: PersonalityLibrary, node: String,
        limits: ChatLimits = ChatLimits(), logger: Logger, clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.store = store
        self.model = model
        self.personalities = personalities
        self.limits = limits
        self.clock = clock
        self.logger = logger
        self.now = now
        let writer = AnswerWriter(store: store, limits: limits, clock: clock, node: node, logger: logger)
        grower = AnswerGrower(model: model, writer: writer, now: now)
        // Bounded by `limits.concurrentAnswers`: nothing is queued without a place in `busy`.
        (jobs, queue) = AsyncStream.makeStream()
    }

    /// Whether messages are taken: after the start-up work and before the shutdown.
    public nonisolated var isReady: Bool { phase.withLock { $0 } == .running }

    /// Grows answers until the node shuts down; then waits for those that grow. Cancelling marks the rest as interrupted.
    public func run() async throws {
        let interrupted = try await store.interruptGrowing()
        if interrupted > 0 { logger.notice("marked answers of the last run as interrupted", metadata: ["count": "\(interrupted)"]) }
        phase.withLock { if $0 == .starting { $0 = .running } }
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await job in jobs { group.addTask { await self.work(on: job) } }
            }
        } onGracefulShutdown: {
            self.phase.withLock { $0 = .stopping }
            self.queue.finish()
        }
        phase.withLock { $0 = .stopping }
        queue.finish()
        for answer in growing.values { await end(answer, grower.settle(answer, .interrupted)) }
    }

    private func work(on job: Job) async {
        await end(job.answer, grower.grow(job.answer, asking: job.request))
    }

    /// Frees the conversation before followers hear of the end, so that their next message finds it free.
    private func end(_ answer: GrowingAnswer, _ ending: AnswerEnding) {
        growing[answer.answerID] = nil
        release(answer.conversationID)
        answer.log.finish(ending)
    }

    /// Stores the message and an empty answer, then has the answer grow. Returns as soon as both are stored.
    public func send(_ turn: ChatTurn) async throws -> AnswerHandle {
        try check(turn)
        let conversationID = turn.conversationID ?? Self.newID()
        try reserve(conversationID)
        do {
            return try await begin(turn, in: conversationID)
        } catch {
            release(conversationID)
            throw error
        }
    }

    private func begin(_ turn: ChatTurn, in conversationID: String) async throws -> AnswerHandle {
        let draft = try await draft(turn, in: conversationID)
        let answer = GrowingAnswer(
            conversationID: conversationID, questionID: Self.newID(), answerID: Self.newID(), personality: draft.personality.id)
        growing[answer.answerID] = answer
        do {
            try await keep(draft, with: answer)
        } catch {
            growing[answer.answerID] = nil
            throw error
        }
        guard case .enqueued = queue.yield(Job(answer: answer, request: draft.request)) else {
            // Shut down in this moment: the question is kept, its answer is not to come.
            await end(answer, grower.settle(answer, .interrupted))
            return answer.handle()
        }
        return answer.handle()
    }

    private func reserve(_ conversationID: String) throws {
        guard !busy.contains(conversationID) else {
            throw AuroraError(
                .conflict, "an answer is still growing in conversation '\(conversationID.shortened)'",
                hint: "wait for it, or stop it with POST /api/conversations/\(conversationID.shortened)/stop")
        }
        guard busy.count < limits.concurrentAnswers else {
            throw AuroraError(
                .overloaded, "\(busy.count) answers are growing, which is the limit of this node", hint: "try again in a moment")
        }
        busy.insert(conversationID)
        ChatMetrics.growing(busy.count)
    }

    private func release(_ conversationID: String) {
        busy.remove(conversationID)
        ChatMetrics.growing(busy.count)
    }

    /// Stops a growing answer; what it said is kept. False when it does not grow.
    @discardableResult
    public func stop(answer id: String) -> Bool {
        growing[id]?.stop()
        return growing[id] != nil
    }

    /// Stops the answer that grows in the conversation and returns its id; nil when none does.
    public func stop(conversation id: String) -> String? {
        let answer = growing.values.first { $0.conversationID == id }
        answer?.stop()
        return answer?.answerID
    }

    func liveAnswer(_ id: String) -> GrowingAnswer? { growing[id] }

    nonisolated func requireRunning() throws {
        switch phase.withLock({ $0 }) {
        case .running: return
        case .starting: throw AuroraError(.unavailable, "the chat is starting", hint: "try again in a moment")
        case .stopping: throw AuroraError(.unavailable, "this node is stopping", hint: "try again when it is back")
        }
    }

    static func newID() -> String { UUID().uuidString.lowercased() }
}
