/// What a decision asks of a candidate; see `Mesh.predict`.
struct Question: Sendable {
    var promptTokens: Double
    /// Tokens of the prompt that the worker may still have from before.
    var cachedTokens: Double
    /// Requests that the worker answered since.
    var requestsSince: Int
    var answerTokens: Double
    /// Asked for a request at the head of the line: what is planned for others does not stand before it.
    var isFirstInLine: Bool
}

extension Mesh {
    /// An answer that takes longer than expected is expected to take this part of its age still.
    private static let overdueShare = 0.25
    private static let shortestWait = 0.02

    /// Expected times on a worker, from what was learned.
    @inline(__always)
    func predict(worker place: Int, pair index: Int, _ question: Question, now: Instant) -> Prediction {
        let load = loads[place]
        let number = numbers[index]
        let others = max(0, min(load.busy, load.slots - 1))
        let slowdown = number.pace.slowdown(others: others)
        let unread = max(0, question.promptTokens - question.cachedTokens * number.yield[CacheYield.bucket(question.requestsSince)])
        var prediction = Prediction(
            queue: 0, load: 0, link: load.link, prompt: number.pace.prompt.value(at: unread) * slowdown,
            perToken: number.pace.token.base * slowdown)
        if !isFree(load, isFirstInLine: question.isFirstInLine) {
            let service = prediction.prompt + prediction.perToken * question.answerTokens
            prediction.queue = queue(load, service: service, now: now)
        }
        if !number.isResident { prediction.load = loadSeconds(number, now: now) }
        return prediction
    }

    /// Whether a request can be sent at once without taking a place that others in the line count on.
    @inline(__always)
    func isFree(_ load: WorkerLoad, isFirstInLine: Bool) -> Bool {
        load.freeSlots > (isFirstInLine ? 0 : load.planned)
    }

    /// Until a slot comes free for one more. What runs there for others cannot be seen: half a usual answer is assumed.
    @inline(__always)
    private func queue(_ load: WorkerLoad, service: Double, now: Instant) -> Double {
        let planned = load.plannedSeconds / Double(load.slots)
        if load.freeSlots > 0 { return planned }
        if load.freeSince == .origin { return planned + service * Self.overdueShare * 2 / Double(load.slots) }
        if load.freeAt > now { return planned + load.freeAt.seconds(since: now) }
        return planned + max(Self.shortestWait, now.seconds(since: load.freeSince) * Self.overdueShare)
    }

    private func loadSeconds(_ number: PairNumbers, now: Instant) -> Double {
        guard number.loadedAt != .origin else { return number.pace.load }
        return max(number.loadedAt.seconds(since: now), number.pace.load * 0.1)
    }
}
