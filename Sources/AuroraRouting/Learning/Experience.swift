/// What was measured of one worker with one model. Bounded: a few sums, no samples.
struct Experience: Sendable, Codable, Equatable {
    private(set) var prompt = LinearFit()
    private(set) var token = LinearFit()
    private(set) var load = Average.empty
    /// What the first token takes beyond what the engine itself tells of reading the prompt.
    private(set) var overhead = Average.empty
    private(set) var cacheYield = CacheYield()
    /// Measured over predicted time to first token.
    private(set) var error = Average.empty
    /// The slowest of late, over what was predicted.
    private(set) var slowest = Peak()
    /// The longest pause within an answer, in seconds.
    private(set) var gap = Peak()
    /// Answers measured.
    private(set) var samples = 0

    func pace(prior: Pace) -> Pace {
        var pace = Pace(
            prompt: prompt.line(prior: prior.prompt, reach: Prior.promptReach),
            token: token.line(prior: prior.token, reach: Prior.tokenReach),
            load: load.known ?? prior.load)
        pace.prompt.base += overhead.known ?? 0
        return pace
    }

    mutating func learnPrompt(tokens: Double, seconds: Double, prior: Pace) {
        prompt.add(x: tokens, y: seconds, prior: prior.prompt, reach: Prior.promptReach)
        samples = min(samples + 1, 1_000_000)
    }

    mutating func learnToken(seconds: Double, others: Double, prior: Pace) {
        token.add(x: others, y: seconds, prior: prior.token, reach: Prior.tokenReach)
    }

    mutating func learnLoad(seconds: Double) { load.add(seconds) }
    mutating func learnOverhead(seconds: Double) { overhead.add(max(0, seconds)) }
    mutating func learnYield(_ part: Double, requestsSince: Int) { cacheYield.learn(part, requestsSince: requestsSince) }

    mutating func learnError(measured: Double, predicted: Double) {
        let ratio = measured / max(predicted, 1e-3)
        error.add(ratio)
        slowest.add(ratio)
    }

    mutating func learnGap(seconds: Double) { gap.add(seconds) }

    /// Whether all of it can have been measured; what cannot must not reach a prediction.
    var isSane: Bool {
        let hour = 3600.0
        let line = prompt.line(prior: .init(base: 0.02, slope: 0.001), reach: Prior.promptReach)
        return prompt.isSane && token.isSane && line.value(at: Prior.promptReach) < hour && load.isSane(limit: hour)
            && overhead.isSane(limit: hour) && cacheYield.isSane && error.isSane(limit: 1e9) && slowest.isSane(limit: 1e9)
            && gap.isSane(limit: hour) && samples >= 0
    }
}
