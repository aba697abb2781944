/// A request on a worker, as far as it matters until it ends.
struct Running: Sendable {
    let group: Int
    let model: ModelKey
    let worker: WorkerID
    let place: Int
    let pair: Int
    let pairSerial: UInt64
    let start: Instant
    let prediction: Prediction
    let promptTokens: Int
    let expectedTokens: Int?
    /// Tokens of the answer, as expected.
    let answerTokens: Double
    /// Tokens of the prompt that were expected to be cached.
    let cachedTokens: Double
    /// Requests that the worker answered since.
    let requestsSince: Int
    /// Requests that ran there already.
    let others: Int
    /// The model was not in memory.
    let isCold: Bool
    let affinity: UInt64?
    let prefixes: [UInt64]
    let streams: Bool
    let isPaced: Bool
    var firstToken: Instant?
    /// When another answer's end let it begin, if it had to wait inside the engine.
    var released: Instant?
    /// The worker's `crowd` at the first token.
    var crowd = 0.0
    var lastProgress: Instant
    var longestGap = 0.0

    /// Time to first token of the worker alone; nil when nothing was seen of it.
    var serviceSeconds: Double? {
        guard streams, let firstToken else { return nil }
        return firstToken.seconds(since: released ?? start)
    }
}
