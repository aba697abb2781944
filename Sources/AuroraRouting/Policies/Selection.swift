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
    var isAffinity = false
    /// Nominated only to learn its speed; 0 to 1: by how much of the predicted time it may really need.
    var hope: Double?
}

/// The candidates of one decision.
struct Selection: Sendable {
    let request: RoutingRequest
    let group: Int
    let now: Instant
    /// Hash that equal beginnings of prompts share.
    let ringKey: UInt64
    private(set) var options: [Option] = []
    private var question: Question
    private let conversation: PromptMemory.Conversation?
    private let holders: (workers: [WorkerID], tokens: Int)?
    private let longAnswerWeight: Double
    private var random: SplitMix

    /// Scores that differ by less are as good as equal; spreads requests of routers that know the same.
    private static let jitter = 0.02

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
            promptTokens: model.promptTokens(estimated: request.promptTokens), cachedTokens: 0,
            answerTokens: model.answerTokens(expected: request.expectedTokens), isFirstInLine: isFirstInLine)
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
        if let conversation { addWorker(conversation.worker, of: model, mesh: mesh) }
        for worker in holders?.workers ?? [] { addWorker(worker, of: model, mesh: mesh) }
        guard options.isEmpty, index.usable > 0 else { return }
        for member in model.members.indices { add(member, of: model, mesh: mesh) }
    }

    mutating func addWorker(_ id: WorkerID, of model: ModelGroup, mesh: Mesh) {
        guard let place = mesh.place(of: id), let member = model.member(at: place, mesh: mesh, group: group),
            !options.contains(where: { $0.member == member })
        else { return }
        add(member, of: model, mesh: mesh)
    }

    /// Predicts the member, unless it is down or the request does not want it.
    @discardableResult
    mutating func add(_ member: Int, of model: ModelGroup, mesh: Mesh, hope: Double? = nil) -> Bool {
        guard model.members.indices.contains(member) else { return false }
        let (worker, pair) = (model.members[member].worker, model.members[member].pair)
        let load = mesh.loads[worker]
        guard load.isUsable, isWanted(load.id) else { return false }
        var asked = question
        let isAffinity = conversation?.worker == load.id
        if isAffinity, let conversation { asked.cachedTokens = Double(conversation.tokens) }
        if let holders, holders.workers.contains(load.id) { asked.cachedTokens = max(asked.cachedTokens, Double(holders.tokens)) }
        asked.cachedTokens = min(asked.cachedTokens, max(0, asked.promptTokens - 1))
        var prediction = mesh.predict(worker: worker, pair: pair, asked, now: now)
        let cost = externalCost(worker: worker, pair: pair, mesh: mesh, prediction: &prediction)
        options.append(
            Option(
                member: member, worker: worker, pair: pair, id: load.id, prediction: prediction,
                score: (prediction.firstToken + cost) * (1 + Self.jitter * random.unit()),
                isFree: mesh.isFree(load, isFirstInLine: question.isFirstInLine), isResident: mesh.numbers[pair].isResident,
                busy: load.busy,
                slots: load.slots, cachedTokens: asked.cachedTokens, isAffinity: isAffinity, hope: hope))
        return true
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
        if !number.isMeasured { cost += Double(number.active) * prediction.firstToken }
        guard !number.isResident, number.loadedAt == .origin else { return cost }
        let eviction = mesh.eviction(toLoad: pair, now: now)
        if eviction.waitsForRuns {
            prediction.queue = max(prediction.queue, mesh.loads[worker].idleAt.seconds(since: now))
        }
        return cost + eviction.cost
    }

    /// Seconds that the request keeps a slot of the option busy.
    func work(_ option: Option) -> Double {
        let prediction = option.prediction
        return prediction.load + prediction.link + prediction.prompt + prediction.perToken * question.answerTokens
    }

    var answerTokens: Double { question.answerTokens }
    var promptTokens: Double { question.promptTokens }
}
