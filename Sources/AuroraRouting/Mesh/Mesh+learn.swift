/// What an answer that went well teaches of its worker and model.
extension Mesh {
    private static let leastTokens = 8
    /// Answers before which a prediction was an assumption, whose error says nothing.
    private static let enoughToJudge = 3
    /// A told load longer than this was one; engines tell a few milliseconds for a model that is in memory.
    private static let leastLoad = 0.3
    /// When this part of a prompt may have been cached, its time says more of the cache than of the speed.
    private static let cachedPart = 0.3

    mutating func learn(_ running: Running, _ measured: Measured, now: Instant) {
        guard let index = currentPair(running), current(running) != nil else { return }
        var pair = pairs[index]
        let pace = numbers[index].pace
        let slowdown = pace.slowdown(others: running.others)
        let load = loadSeconds(running, measured)
        if let load { pair.experience.learnLoad(seconds: load) }
        let link = running.prediction.link
        let reading = running.serviceSeconds.map { max(0, $0 - (load ?? 0) - link) }
        if let service = running.serviceSeconds, running.released == nil, pair.experience.samples >= Self.enoughToJudge {
            pair.experience.learnError(measured: service, predicted: running.prediction.firstToken)
        }
        // Without a told time, a cold start cannot be parted into loading and reading.
        if let seconds = measured.promptSeconds ?? (running.isCold && measured.loadSeconds == nil ? nil : reading) {
            learnPrompt(&pair.experience, running, measured, seconds: seconds / slowdown, pace: pace, prior: pair.prior)
        }
        if let told = measured.promptSeconds, let reading { pair.experience.learnOverhead(seconds: reading - told) }
        learnToken(&pair.experience, running, measured, prior: pair.prior, now: now)
        if running.longestGap > 0 { pair.experience.learnGap(seconds: running.longestGap) }
        pairs[index] = pair
        numbers[index].measuredAt = now
        refresh(pair: index)
    }

    private func loadSeconds(_ running: Running, _ measured: Measured) -> Double? {
        if let told = measured.loadSeconds { return running.isCold || told > Self.leastLoad ? told : nil }
        guard running.isCold, let service = running.serviceSeconds else { return nil }
        return max(0, service - running.prediction.prompt - running.prediction.link)
    }

    private func learnPrompt(
        _ experience: inout Experience, _ running: Running, _ measured: Measured, seconds: Double, pace: Pace, prior: Pace
    ) {
        let tokens = Double(measured.promptTokens ?? running.promptTokens)
        if let cached = measured.cachedTokens {
            if running.cachedTokens >= 1 {
                experience.learnYield(Double(cached) / running.cachedTokens, requestsSince: running.requestsSince)
            }
            experience.learnPrompt(tokens: max(0, tokens - Double(cached)), seconds: seconds, prior: prior)
        } else if running.cachedTokens > tokens * Self.cachedPart, experience.samples > 0, pace.prompt.slope > 0 {
            let read = min(max(0, (seconds - pace.prompt.base) / pace.prompt.slope), tokens)
            experience.learnYield((tokens - read) / running.cachedTokens, requestsSince: running.requestsSince)
        } else {
            experience.learnPrompt(tokens: tokens, seconds: seconds, prior: prior)
        }
    }

    private func learnToken(_ experience: inout Experience, _ running: Running, _ measured: Measured, prior: Pace, now: Instant) {
        guard let tokens = measured.outputTokens, tokens >= Self.leastTokens else { return }
        let seen = running.streams ? running.firstToken.map { now.seconds(since: $0) } : nil
        guard let seconds = measured.generationSeconds ?? seen, seconds > 0 else { return }
        var others = Double(running.others)
        if let seen, seen > 0 { others = max(0, (workers[running.place].crowd - running.crowd) / seen - 1) }
        experience.learnToken(seconds: seconds / Double(tokens), others: others, prior: prior)
    }
}

extension Mesh {
    /// What is known of workers that are here and of those that were, the most recently measured first.
    var learned: LearnedState {
        var state = LearnedState()
        let here = pairs.indices.filter { pairs[$0].isPresent && pairs[$0].experience.samples > 0 }
        for index in here.sorted(by: { numbers[$0].measuredAt > numbers[$1].measuredAt }) {
            let pair = pairs[index]
            let name = workers[pair.worker].facts.name
            state.pairs.append(.init(worker: name, model: pair.model, experience: pair.experience))
        }
        state.pairs += archive.entries.map { .init(worker: $0.key.worker, model: $0.key.model, experience: $0.value) }
        state.pairs = Array(state.pairs.prefix(max(0, settings.learnedLimit)))
        let slots = workers.indices.filter { loads[$0].isPresent }.map { workers[$0] }.filter(\.learnsSlots).map {
            LearnedState.Worker(name: $0.facts.name, slots: $0.slotLearner.slots)
        }
        state.workers = Array(
            (slots + slotArchive.entries.map { .init(name: $0.key, slots: $0.value) }).prefix(max(0, settings.learnedLimit)))
        return state
    }
}
