extension Router {
    /// Decides what becomes of a request: it runs, waits in the line, or is refused. Never waits itself.
    public mutating func admit(_ request: RoutingRequest, now: Instant) -> Admission {
        let group = request.model.index
        guard groups.indices.contains(group), groups[group] != nil else { return .refused(.unknownModel) }
        if let deadline = request.deadline, deadline <= now { return .refused(.deadline) }
        groups[group]?.usedAt = now
        mesh.tickBreakers(now: now)
        let mustQueue = line.count > Self.walk && line.count(group: group) > Self.walk
        guard let choice = decide(request, group: group, isFirstInLine: false, now: now) ?? lastResort(request, group: group, now: now)
        else { return .refused(.noneUp) }
        if !mustQueue, choice.option.isFree || probes(choice.option, now: now) {
            let run = start(choice, request, group: group, now: now)
            reindex()
            return .run(run)
        }
        guard !line.isFull(for: request.client) else { return .refused(.full(retryAfterSeconds: retryAfter(group: group))) }
        let ticket = wait(for: choice, request, group: group, now: now)
        reindex()
        return .waits(ticket)
    }

    /// Only breakers keep the request from every worker: rather than refuse it, their pause ends early, one request at a time.
    private mutating func lastResort(_ request: RoutingRequest, group: Int, now: Instant) -> Choice? {
        let places = groups[group]?.members.map(\.worker) ?? []
        guard mesh.endBreakerPauses(of: places) else { return nil }
        reindex()
        return decide(request, group: group, isFirstInLine: false, now: now)
    }

    /// Requests of a model's line that are decided on before the rest of it.
    static let walk = 16

    /// What was chosen for a request.
    struct Choice: Sendable {
        let option: Option
        let decision: Decision
        /// Seconds that it keeps a slot busy, and tokens of its answer.
        let work: Double
        let answerTokens: Double
    }

    /// Asks the policy. Nil when no candidate can take the request at all.
    mutating func decide(_ request: RoutingRequest, group index: Int, isFirstInLine: Bool, now: Instant) -> Choice? {
        guard var group = groups[index] else { return nil }
        groups[index] = nil
        defer { groups[index] = group }
        var reused: [Option] = []
        swap(&reused, &buffer)
        var selection = Selection(
            request, group: index, model: group, memory: memory, settings: settings, isFirstInLine: isFirstInLine, now: now,
            random: random.next(), buffer: reused)
        reused = []
        let name = request.pinned == nil ? request.policy ?? group.policy : .pinned
        let policy = name.policy
        policy.nominate(&selection, group: &group, mesh: mesh)
        let pick = policy.pick(selection, group: &group, settings: settings)
        let choice = pick.map { makeChoice($0, of: selection, policy: name) }
        buffer = selection.takeOptions()
        return choice
    }

    private func makeChoice(_ pick: Pick, of selection: Selection, policy: PolicyName) -> Choice {
        let option = selection.options[pick.option]
        let decision = Decision(
            policy: policy, reason: pick.reason, predicted: option.prediction, alternatives: selection.alternatives(to: pick.option))
        return Choice(
            option: option, decision: decision, work: selection.work(option), answerTokens: selection.answerTokens)
    }

    /// Whether one more than the slots may be sent, to learn whether there are more.
    private func probes(_ option: Option, now: Instant) -> Bool {
        let load = mesh.loads[option.worker]
        return now >= load.probeAt && !load.isOnTrial && load.busy == load.slots && load.planned == 0
            && mesh.workers[option.worker].generating == load.inFlight
    }

    private mutating func wait(for choice: Choice, _ request: RoutingRequest, group: Int, now: Instant) -> Ticket {
        let latest = now.advanced(by: max(0, settings.waitLimit))
        let deadline = min(request.deadline ?? latest, latest)
        let plan = Waiting.Plan(worker: choice.option.id, seconds: choice.work)
        let ticket = line.join(request, group: group, work: choice.work, plan: plan, deadline: deadline, now: now)
        mesh.plan(plan)
        return Ticket(id: TicketID(ticket), waitSeconds: choice.option.prediction.queue, deadline: deadline)
    }

    /// When the line of a model should have moved on: its work over the slots that do it. Between 1 s and 2 min.
    private func retryAfter(group: Int) -> Int {
        var slots = 0
        for member in groups[group]?.members ?? [] where mesh.loads[member.worker].isUsable { slots += mesh.loads[member.worker].slots }
        let seconds = line.work(group: group) / Double(max(1, slots))
        return Int(min(max(seconds.rounded(.up), 1), 120))
    }
}

extension Selection {
    /// The next best after the chosen one, without those nominated only to explore.
    func alternatives(to chosen: Int) -> [Decision.Alternative] {
        guard options.count > 1 else { return [] }
        var best: [Option] = []
        best.reserveCapacity(Self.alternativeLimit + 1)
        for (index, option) in options.enumerated() where index != chosen {
            if best.count == Self.alternativeLimit, let last = best.last, option.score >= last.score { continue }
            best.insert(option, at: best.firstIndex { option.score < $0.score } ?? best.count)
            if best.count > Self.alternativeLimit { best.removeLast() }
        }
        return best.map { Decision.Alternative(worker: $0.id, predicted: $0.prediction) }
    }

    private static var alternativeLimit: Int { 4 }

    /// Gives the storage back for the next decision.
    consuming func takeOptions() -> [Option] { options }
}
