/// Turns the answer of `/v1/embeddings` into those of `/api/embed` and `/api/embeddings`.
enum EmbeddingReply {
    static func translate(_ document: JSON, _ reply: OllamaReply, _ measure: ReplyMeasure, end: UInt64) throws(DialectError) -> JSONObject {
        let vectors = try vectors(document)
        if reply.shape == .embeddings {
            guard let first = vectors.first else { throw DialectError(.upstream, "the engine's answer holds no embedding") }
            return ["embedding": .array(first)]
        }
        guard case .embed(let dimensions) = reply.shape else { return [:] }
        let cut = vectors.map { JSON.array(shortened($0, to: dimensions)) }
        var body: JSONObject = ["model": .string(reply.model), "embeddings": .array(cut)]
        for member in measure.members(end: end) where ["total_duration", "load_duration", "prompt_eval_count"].contains(member.key) {
            body.append(member.key, member.value)
        }
        return body
    }

    /// In the order of the input, which need not be that of the answer.
    private static func vectors(_ document: JSON) throws(DialectError) -> [[JSON]] {
        guard let data = document["data"]?.array else { throw DialectError(.upstream, "the engine's answer holds no embeddings") }
        var vectors: [(index: Int, numbers: [JSON])] = []
        for (place, entry) in data.enumerated() {
            guard let numbers = entry["embedding"]?.array, numbers.allSatisfy({ $0.double != nil }) else {
                throw DialectError(.upstream, "the engine's embedding \(place) is not an array of numbers")
            }
            vectors.append((entry["index"]?.int ?? place, numbers))
        }
        return vectors.sorted { $0.index < $1.index }.map(\.numbers)
    }

    /// The first numbers, brought back to length one: what Ollama does itself, for engines that ignore `dimensions`.
    private static func shortened(_ numbers: [JSON], to dimensions: Int?) -> [JSON] {
        guard let dimensions, numbers.count > dimensions else { return numbers }
        let kept = numbers.prefix(dimensions).map { $0.double ?? 0 }
        let length = kept.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return kept.map { JSON.double(length > 0 ? $0 / length : $0) }
    }
}
