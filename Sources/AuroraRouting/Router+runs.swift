extension Router {
    mutating func start(_ choice: Choice, _ request: RoutingRequest, group: Int, now: Instant) -> Run {
        let option = choice.option
        let running = Running(
            group: group, model: request.model, worker: option.id, place: option.worker, pair: option.pair,
            pairSerial: mesh.pairs[option.pair].serial, start: now, prediction: option.prediction,
            promptTokens: min(max(0, request.promptTokens), 100_000_000),
            expectedTokens: request.expectedTokens, answerTokens: choice.answerTokens, cachedTokens: option.cachedTokens,
            requestsSince: option.requestsSince,
            others: max(0, option.busy), isCold: !option.isResident, affinity: request.affinity, prefixes: request.prefixes,
            streams: request.streams, isPaced: request.isPaced, lastProgress: now)
        let id = runs.insert(running)
        mesh.begin(running, id: id, work: choice.work, now: now)
        return Run(id: RunID(id), worker: option.id, model: mesh.pairs[option.pair].model, decision: choice.decision)
    }

    /// The first byte of content came. Later calls for the same run do nothing.
    public mutating func firstToken(_ run: RunID, now: Instant) {
        guard var running = runs[run.raw], running.firstToken == nil else { return }
        running.firstToken = now
        running.lastProgress = now
        if running.streams { mesh.generates(&running, id: run.raw, now: now) }
        _ = runs.update(run.raw) { $0 = running }
        remember(running, tokens: running.promptTokens)
        reindex()
    }

    /// Another piece of the answer came. Cheap, and may be left out; then pauses within answers are not learned.
    public mutating func progress(_ run: RunID, now: Instant) {
        _ = runs.update(run.raw) { running in
            running.longestGap = max(running.longestGap, now.seconds(since: running.lastProgress))
            running.lastProgress = now
        }
    }

    /// The run is over. To be called exactly once; a second call does nothing.
    public mutating func ended(_ run: RunID, _ ending: Ending, now: Instant) {
        guard let running = runs.remove(run.raw) else { return }
        mesh.end(running, id: run.raw, now: now)
        switch ending {
        case .finished(let measured): learn(running, measured.plausible, now: now)
        case .failed(let failure): mesh.failed(running, failure, now: now)
        case .cancelled: break
        }
        mesh.settled(running, ending, now: now)
        reindex()
    }

    private mutating func learn(_ running: Running, _ measured: Measured, now: Instant) {
        if let tokens = measured.outputTokens { groups[running.group]?.learn(answerTokens: tokens, expected: running.expectedTokens) }
        if let tokens = measured.promptTokens { groups[running.group]?.learn(promptTokens: tokens, estimated: running.promptTokens) }
        remember(running, tokens: (measured.promptTokens ?? running.promptTokens) + (measured.outputTokens ?? 0))
        mesh.learn(running, measured, now: now)
    }

    private mutating func remember(_ running: Running, tokens: Int) {
        let sent = mesh.loads[running.place].sent
        memory.remember(
            affinity: running.affinity, model: running.model, on: running.worker, .init(tokens: tokens, sent: sent))
        guard !running.prefixes.isEmpty else { return }
        memory.remember(prefixes: running.prefixes, model: running.model, on: running.worker, sent: sent)
    }

    /// How long a run may be silent before it counts as hung. The settings' longest silence as long as its pace is not known.
    public func silenceLimit(_ run: RunID) -> SilenceLimit {
        let longest = SilenceLimit(first: settings.silenceFirst.upperBound, between: settings.silenceBetween.upperBound)
        guard let running = runs[run.raw], running.isPaced, let experience = mesh.experience(of: running) else { return longest }
        return SilenceLimit(
            first: firstLimit(running, experience) ?? longest.first, between: betweenLimit(experience) ?? longest.between)
    }

    private static var enoughSamples: Int { 5 }
    /// A worker is hung when it takes this many times what its slowest answer of late took.
    private static var patience: Double { 4 }
    private static var patienceBetween: Double { 10 }

    private func firstLimit(_ running: Running, _ experience: Experience) -> Double? {
        guard experience.samples >= Self.enoughSamples, !running.isCold || experience.load.count > 0 else { return nil }
        var expected = running.prediction.firstToken * max(1, experience.slowest.value)
        if !running.streams {
            // All of it comes at once, and may be as long as it was allowed to be.
            guard let most = running.expectedTokens else { return nil }
            expected += Double(most) * running.prediction.perToken * 2
        }
        return min(max(expected * Self.patience, settings.silenceFirst.lowerBound), settings.silenceFirst.upperBound)
    }

    private func betweenLimit(_ experience: Experience) -> Double? {
        guard experience.samples >= Self.enoughSamples, experience.gap.value > 0 else { return nil }
        return min(max(experience.gap.value * Self.patienceBetween, settings.silenceBetween.lowerBound), settings.silenceBetween.upperBound)
    }
}

extension Measured {
    /// Without what cannot have been measured.
    var plausible: Measured {
        func tokens(_ value: Int?) -> Int? { value.flatMap { (0...100_000_000).contains($0) ? $0 : nil } }
        func seconds(_ value: Double?) -> Double? { value.flatMap { $0.isFinite && (0...86_400).contains($0) ? $0 : nil } }
        return Measured(
            promptTokens: tokens(promptTokens), cachedTokens: tokens(cachedTokens), outputTokens: tokens(outputTokens),
            loadSeconds: seconds(loadSeconds), promptSeconds: seconds(promptSeconds), generationSeconds: seconds(generationSeconds))
    }
}
