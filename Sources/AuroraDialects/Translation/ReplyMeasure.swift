/// Counts and times an answer for the last line of Ollama's wire. llama.cpp tells its own times; of other engines they are
/// measured from outside, the way to the engine included.
struct ReplyMeasure {
    private let start: UInt64
    private var firstToken: UInt64?
    private var lastToken: UInt64?
    private(set) var usage = TokenUsage()
    private var timings: JSON?

    init(start: UInt64) {
        self.start = start
    }

    mutating func token(at now: UInt64) {
        if firstToken == nil { firstToken = now }
        lastToken = now
    }

    /// Takes what stands beside the choices of a chunk or of a whole answer.
    mutating func read(_ document: JSON) {
        if let counts = document["usage"], counts.object != nil {
            usage.prompt = counts["prompt_tokens"]?.int ?? usage.prompt
            usage.completion = counts["completion_tokens"]?.int ?? usage.completion
        }
        if let timings = document["timings"], timings.object != nil { self.timings = timings }
    }

    /// Nanoseconds. Durations of tokens that were there are never 0, because clients divide by them.
    func members(end: UInt64) -> [JSONObject.Member] {
        var members: [JSONObject.Member] = [.init("total_duration", .int(since(start, end))), .init("load_duration", 0)]
        if let count = usage.prompt { members.append(.init("prompt_eval_count", .int(count))) }
        members.append(.init("prompt_eval_duration", .int(atLeastOne(promptTime, usage.prompt))))
        if let count = usage.completion { members.append(.init("eval_count", .int(count))) }
        members.append(.init("eval_duration", .int(atLeastOne(answerTime(end), usage.completion))))
        return members
    }

    private var promptTime: UInt64 {
        nanoseconds(timings?["prompt_ms"]) ?? firstToken.map { since(start, $0) } ?? 0
    }

    private func answerTime(_ end: UInt64) -> UInt64 {
        if let told = nanoseconds(timings?["predicted_ms"]) { return told }
        guard let firstToken, let lastToken else { return since(start, end) }
        return since(firstToken, lastToken)
    }

    private func atLeastOne(_ duration: UInt64, _ count: Int?) -> UInt64 {
        (count ?? 0) > 0 ? max(1, duration) : duration
    }

    private func since(_ start: UInt64, _ end: UInt64) -> UInt64 { end > start ? end - start : 0 }

    private func nanoseconds(_ milliseconds: JSON?) -> UInt64? {
        guard let value = milliseconds?.double, (0..<1e12).contains(value) else { return nil }
        return UInt64(value * 1_000_000)
    }
}
