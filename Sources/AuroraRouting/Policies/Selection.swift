/// A candidate with what is predicted of it.
struct Option: Sendable {
    let member: Int
    let worker: Int
    let pair: Int
    let id: WorkerID
    let prediction: Prediction
    /// Predicted time to first token with what the choice costs beyond it; what the predicted policy compares.
    let score: Double
    /// It can be sent now.
    let isFree: Bool
    let isResident: Bool
    let busy: Int
    let slots: Int
    let cachedTokens: Double
    let requestsSince: Int
    /// The conversation was there last.
    let isAffinity: Bool
}

/// An option whose speed is not known, or not any more.
struct Stranger: Sendable {
    let option: Int
    /// What it may need of the predicted time, 0 to 1.
    let hope: Double
}

/// The candidates of one decision.
struct Selection: Sendable {
    let request: RoutingRequest
    let group: Int
    let now: Instant
    /// Hash that equal beginnings of prompts share.
    let ringKey: UInt64
    private(set) var options: [Option] = []
    /// The option that may be worth a request only to learn its speed.
    var stranger: Stranger?
    private var question: Question
    private let conversation: Holders?
    private let holders: Holders?
    private let longAnswerWeight: Double
    private let isModelKnown: Bool
    private var random: SplitMix

    /// Scores that differ by less are as good as equal; spreads requests of routers that know the same.
    private static let jitter = 0.02
    /// A load weighs more than its time by this part: to wait can be thought over, to load cannot.
    private static let loadCaution = 0.25
    /// Before any answer of a model was seen all times are guesses: seconds to wait for one rather than throw out another model.
    private static let guessCaution = 10.0

    init(
        _ request: RoutingRequest, group: Int, model: ModelGroup, memory: PromptMemory, settings: RouterSettings, isFirstInLine: Bool,
        now: Instant, random: UInt64, buffer: [Option]
    ) {
        self.request = request
        self.group = group
        self.now = now
        self.random = SplitMix(seed: random)
        options = buffer
        options.removeAll(keepingCapacity: true)
        question = Question(
            promptTokens: model.promptTokens(estimated: request.promptTokens), cachedTokens: 0, requestsSince: 0,
            answerTokens: model.answerTokens(expected: request.expectedTokens), isFirstInLine: isFirstInLine)
        isModelKnown = model.hasAnswered
        conversation = memory.conversation(of: request)
        holders = memory.holders(of: request)
        let isLong = request.expectedTokens.map { $0 >= settings.longAnswerTokens } ?? false
        longAnswerWeight = isLong ? settings.longAnswerWeight : 0
        ringKey =
            request.prefixes.isEmpty
            ? SplitMix.mix(request.affinity ?? random) : SplitMix.mix(request.prefixes[min(request.prefixes.count, 4) - 1])
    }

    /// All members of a small group; of a large one those that the index names, and those that may have the prompt cached.
    mutating func addMostPromising(_ model: ModelGroup, mesh: Mesh) {
        guard let index = model.index else {
            for member in model.members.indices { add(member, of: model, mesh: mesh) }
            return
        }
        index.forEachCandidate { add($0, of: model, mesh: mesh) }
        for worker in conversation?.all ?? [] { addWorker(worker, of: model, mesh: mesh) }
        for worker in holders?.all ?? [] { addWorker(worker, of: model, mesh: mesh) }
        guard options.isEmpty, index.usable > 0 else { return }
        for member in model.members.indices { add(member, of: model, mesh: mesh) }
    }

    mutating func addWorker(_ id: WorkerID, of model: ModelGroup, mesh: Mesh) {
        guard let place = mesh.place(of: id), let member = model.member(at: place, mesh: mesh, group: group)
        else { return }
        add(member, of: model, mesh: mesh)
    }

    /// Predicts the member, unless it is down or the request does not want it.
    @discardableResult
    mutating func add(_ member: Int, of model: ModelGroup, mesh: Mesh) -> Bool {
        guard model.members.indices.contains(member), !options.contains(where: { $0.member == member }) else { return false }
        let (worker, pair) = (model.members[member].worker, model.members[member].pair)
        let load = mesh.loads[worker]
        guard load.isUsable, isWanted(load.id) else { return false }
        var asked = question
        if let part = cached(load.id) {
            asked.cachedTokens = Double(part.tokens)
            asked.requestsSince = Int(load.sent &- part.sent)
        }
        asked.cachedTokens = min(asked.cachedTokens, max(0, asked.promptTokens - 1))
        var prediction = mesh.predict(worker: worker, pair: pair, asked, now: now)
        let cost = externalCost(worker: worker, pair: pair, mesh: mesh, prediction: &prediction)
        options.append(
            Option(
                member: member, worker: worker, pair: pair, id: load.id, prediction: prediction,
                score: (prediction.firstToken + cost) * (1 + Self.jitter * random.unit()),
                isFree: mesh.isFree(load, isFirstInLine: question.isFirstInLine), isResident: mesh.numbers[pair].isResident,
                busy: load.busy,
                slots: load.slots, cachedTokens: asked.cachedTokens, requestsSince: asked.requestsSince,
                isAffinity: conversation?.newest == load.id)
        )
        return true
    }

    /// What the worker may have of the prompt.
    @inline(__always)
    private func cached(_ id: WorkerID) -> Holders.Part? {
        let (talked, read) = (conversation?.part(of: id), holders?.part(of: id))
        guard let talked, let read else { return talked ?? read }
        return talked.tokens >= read.tokens ? talked : read
    }

    private func isWanted(_ id: WorkerID) -> Bool {
        if let pinned = request.pinned, pinned != id { return false }
        return request.excluded.isEmpty || !request.excluded.contains(id)
    }

    /// Seconds beyond the first token that a choice costs: a slow long answer, models that have to be loaded again, and the risk of a
    /// worker that nobody knows while one request is still finding out.
    private func externalCost(worker: Int, pair: Int, mesh: Mesh, prediction: inout Prediction) -> Double {
        var cost = longAnswerWeight * question.answerTokens * prediction.perToken
        let number = mesh.numbers[pair]
        if !number.isMeasured, prediction.queue == 0 { cost += Double(number.active) * prediction.prompt }
        guard !number.isResident, number.loadedAt == .origin else { return cost }
        let eviction = mesh.eviction(toLoad: pair, now: now)
        if eviction.waitsForRuns {
            prediction.queue = max(prediction.queue, mesh.loads[worker].idleAt.seconds(since: now))
        }
        if !isModelKnown { cost += Self.guessCaution * eviction.likely }
        return cost + eviction.cost + Self.loadCaution * prediction.load
    }

    /// Seconds that the request keeps a slot of the option busy.
    func work(_ option: Option) -> Double {
        let prediction = option.prediction
        return prediction.load + prediction.link + prediction.prompt + prediction.perToken * question.answerTokens
    }

    var answerTokens: Double { question.answerTokens }
    var promptTokens: Double { question.promptTokens }
}
