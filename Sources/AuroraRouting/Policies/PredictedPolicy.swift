/// Lowest predicted time to first token, with loyalty to conversations and a little curiosity.
struct PredictedPolicy: RoutingPolicy {
    /// Loyalty forgives this much, in seconds, however fast the best one is, unless it means waiting.
    private static let affinitySlack = 0.05
    /// Options whose speed differs by less are equally fast.
    private static let equal = 1.1
    /// What a worker may need of what is assumed: never measured with this model, or long ago.
    private static let hopeUnmeasured = 0.4
    private static let hopeLeast = 0.25

    func nominate(_ selection: inout Selection, group: inout ModelGroup, mesh: Mesh) {
        selection.addMostPromising(group, mesh: mesh)
        nominateStranger(&selection, group: &group, mesh: mesh)
    }

    func pick(_ selection: Selection, group: inout ModelGroup, settings: RouterSettings) -> Pick? {
        guard let best = Self.best(selection.options) else { return nil }
        if let stranger = stranger(selection, than: best, group: &group) { return Pick(option: stranger, reason: .explore) }
        if let loyal = loyal(selection.options, than: best, settings: settings) { return Pick(option: loyal, reason: .affinity) }
        return Pick(option: best, reason: reason(for: best, in: selection))
    }

    private static func best(_ options: [Option]) -> Int? {
        var best: Int?
        for (index, option) in options.enumerated() {
            if let known = best, !isBetter(option, than: options[known]) { continue }
            best = index
        }
        return best
    }

    /// As good as equal: the one that generates faster.
    private static func isBetter(_ a: Option, than b: Option) -> Bool {
        let gap = max(1e-3, 0.01 * b.score)
        if abs(a.score - b.score) < gap, a.isFree == b.isFree, a.prediction.perToken != b.prediction.perToken {
            return a.prediction.perToken < b.prediction.perToken * 0.98
                || (a.prediction.perToken < b.prediction.perToken * 1.02 && a.score < b.score)
        }
        return a.score < b.score
    }

    private func loyal(_ options: [Option], than best: Int, settings: RouterSettings) -> Int? {
        guard let loyal = options.firstIndex(where: \.isAffinity) else { return nil }
        let slack = options[loyal].isFree ? Self.affinitySlack : 0
        let limit = options[best].score * max(1, settings.affinityFactor) + slack
        return loyal == best || options[loyal].score <= limit ? loyal : nil
    }

    // MARK: Exploring

    /// Each decision looks at one more member: whether it was never measured, or long ago.
    private func nominateStranger(_ selection: inout Selection, group: inout ModelGroup, mesh: Mesh) {
        let settings = mesh.settings
        group.exploreCredit = min(1, group.exploreCredit + settings.exploreShare)
        guard group.members.count > 1, group.exploreCredit >= 1, selection.request.promptTokens <= settings.explorePromptTokens,
            selection.request.excluded.isEmpty
        else { return }
        group.lookAt = (group.lookAt + 1) % group.members.count
        let member = group.members[group.lookAt]
        guard mesh.loads[member.worker].busy == 0, mesh.loads[member.worker].planned == 0 else { return }
        guard let hope = hope(mesh.numbers[member.pair], settings: settings, now: selection.now) else { return }
        selection.add(group.lookAt, of: group, mesh: mesh)
        let option = selection.options.firstIndex { $0.member == group.lookAt }
        selection.stranger = option.map { Stranger(option: $0, hope: hope) }
    }

    private func hope(_ pair: PairNumbers, settings: RouterSettings, now: Instant) -> Double? {
        guard pair.isMeasured, pair.measuredAt != .origin else { return Self.hopeUnmeasured }
        let age = now.seconds(since: pair.measuredAt) / max(1, settings.exploreAfter)
        return age < 1 ? nil : max(Self.hopeLeast, 1 / (1 + age))
    }

    private func stranger(_ selection: Selection, than best: Int, group: inout ModelGroup) -> Int? {
        guard let stranger = selection.stranger, stranger.option != best else { return nil }
        let (option, known) = (selection.options[stranger.option], selection.options[best])
        guard !known.isAffinity, option.isFree, option.isResident, option.score * stranger.hope < known.score else { return nil }
        group.exploreCredit = 0
        return stranger.option
    }

    // MARK: Saying why

    private func reason(for best: Int, in selection: Selection) -> Decision.Reason {
        let chosen = selection.options[best]
        if !selection.request.excluded.isEmpty { return .retry }
        var second: Option?
        for option in selection.options where option.member != chosen.member {
            if option.score < second?.score ?? .infinity { second = option }
        }
        guard let second else { return .only }
        if chosen.cachedTokens > second.cachedTokens, unread(second) > unread(chosen) { return .prefix }
        if chosen.isResident, !second.isResident { return .resident }
        return idle(second) <= idle(chosen) * Self.equal ? .leastBusy : .fastest
    }

    private func unread(_ option: Option) -> Double { option.prediction.prompt }

    /// As if nothing ran there.
    private func idle(_ option: Option) -> Double { option.prediction.firstToken - option.prediction.queue }
}
