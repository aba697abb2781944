/// Decides which worker takes a request, which requests wait, and learns from how they went.
///
/// A value without locks, clocks or input: the caller tells it the time and guards it. What is known of the workers comes in
/// through `update`, what candidates a model has through `register`. Each request is admitted; each run gets exactly one `ended`.
/// After `update`, `ended`, `leave`, and once in a while, `dispatch` says who of those that wait runs now.
public struct Router: Sendable {
    let settings: RouterSettings
    var mesh: Mesh
    var groups: [ModelGroup?] = []
    var groupNamed: [String: Int] = [:]
    var line: Line
    var runs = SlotMap<Running>()
    var memory: PromptMemory
    var random: SplitMix
    /// Kept between decisions, so that none has to allocate it.
    var buffer: [Option] = []

    /// - Parameter learned: from an earlier `learned`; what makes no sense in it is left out.
    public init(_ settings: RouterSettings = RouterSettings(), learned: LearnedState = LearnedState()) {
        self.settings = settings
        mesh = Mesh(settings: settings, learned: learned)
        line = Line(settings: settings)
        memory = PromptMemory(settings: settings)
        random = SplitMix(seed: settings.seed)
    }

    /// Takes over what is known of all workers. Those not named are gone: what runs there may still end, nothing new is sent.
    /// A worker named twice counts once.
    public mutating func update(_ facts: [WorkerFacts], now: Instant) {
        if mesh.apply(facts, now: now) { for group in groups.indices { resolve(group) } }
        reindex()
    }

    /// Says who can answer for a model, in the order of preference of policy `pinned`. Known models get their new candidates and
    /// keep their key; who waits goes on waiting. Candidates that are not among the facts count as soon as they are.
    public mutating func register(_ model: String, candidates: [Candidate], now: Instant) -> ModelKey {
        let policy = settings.policyPerModel[model] ?? settings.policy
        if let known = groupNamed[model] {
            groups[known]?.usedAt = now
            guard groups[known]?.candidates != candidates else { return ModelKey(known) }
            groups[known]?.candidates = candidates
            resolve(known)
            return ModelKey(known)
        }
        dropLeastUsed()
        let place = groups.count
        groups.append(ModelGroup(name: model, policy: policy, candidates: candidates, now: now))
        groupNamed[model] = place
        resolve(place)
        return ModelKey(place)
    }

    /// Everything worth keeping over a restart.
    public var learned: LearnedState { mesh.learned }

    // MARK: Groups

    /// Looks up the candidates of a group among the workers.
    private mutating func resolve(_ index: Int) {
        guard var group = groups[index] else { return }
        var seen = Set<WorkerID>()
        group.members = group.candidates.compactMap { candidate in
            guard let worker = mesh.place(of: candidate.worker), let pair = mesh.workers[worker].pairs[candidate.model],
                seen.insert(candidate.worker).inserted
            else { return nil }
            return ModelGroup.Member(worker: worker, pair: pair)
        }
        group.ring = nil
        group.index = group.members.count > ModelGroup.smallLimit ? CandidateIndex(count: group.members.count) : nil
        mesh.join(group: index, members: group.index == nil ? [] : group.members)
        for (place, member) in group.members.enumerated() {
            group.index?.update(place, load: mesh.loads[member.worker], pair: mesh.numbers[member.pair])
        }
        groups[index] = group
    }

    /// Brings the indexes up to date with the workers that changed.
    mutating func reindex() {
        for place in mesh.changed {
            let load = mesh.loads[place]
            for membership in mesh.memberships(of: place) {
                guard let pair = groups[membership.group]?.members[membership.member].pair else { continue }
                groups[membership.group]?.index?.update(membership.member, load: load, pair: mesh.numbers[pair])
            }
        }
        mesh.changed.removeAll(keepingCapacity: true)
    }

    /// Makes room for one more model. Keys of dropped ones are not given out again.
    private mutating func dropLeastUsed() {
        guard groupNamed.count >= max(1, settings.modelLimit) else { return }
        let idle = groupNamed.values.filter { line.count(group: $0) == 0 }
        guard let oldest = idle.min(by: { usedAt($0) < usedAt($1) }), let name = groups[oldest]?.name else { return }
        mesh.join(group: oldest, members: [])
        groups[oldest] = nil
        groupNamed[name] = nil
    }

    private func usedAt(_ group: Int) -> Instant { groups[group]?.usedAt ?? .origin }
}
