import AuroraDialects
import AuroraModel
import NIOCore

/// `embeddings`: one or more texts to vectors.
struct EmbeddingsExecutor: TaskExecutor {
    private static let known = ["input", "model", "dimensions"]
    private static let answerLimit = 64 << 20

    let type = TaskType.embeddings
    let gateway: TaskGateway

    func findings(_ payload: JSONObject, _ requirements: TaskRequirements) -> [TaskFinding] {
        var fields = TaskFields(payload, prefix: "payload.")
        fields.refuseUnknown(known: Self.known)
        _ = TaskModel.name(&fields, requirements)
        _ = fields.whole("dimensions", in: 1...1_000_000)
        let input = fields["input"]
        let texts = input?.array ?? input.map { [$0] } ?? []
        if texts.isEmpty || !texts.allSatisfy({ $0.string?.isEmpty == false }) {
            fields.report(
                "input", input.map { "is \($0.shown)" } ?? "is missing", fix: "use a text, or a list of texts, none of them empty")
        }
        return fields.findings
    }

    func run(_ task: TaskRecord, _ payload: JSONObject, log: TaskLog) async throws -> JSON {
        let model = try await gateway.model(payload["model"]?.string ?? task.summary.requirements.model)
        log.note(stage: "waiting")
        var body: JSONObject = ["model": .string(model), "input": payload["input"] ?? []]
        body.append("dimensions", payload["dimensions"].flatMap { $0.isNull ? nil : $0 })
        let answer = try await gateway.post("/v1/embeddings", .object(body), model: model, for: task.summary)
        log.note(stage: "embedding", worker: answer.worker)
        let count = payload["input"]?.array?.count ?? 1
        let (reply, vectors) = try await answer.reading { try await Self.read(answer.body, count: count) }
        var result: JSONObject = ["embeddings": .array(vectors), "model": reply["model"] ?? .string(model)]
        result.append("worker", .string(answer.worker))
        result.append("node", .string(answer.node))
        result.append("usage", reply["usage"])
        return .object(result)
    }

    private static func read(_ body: AsyncThrowingStream<ByteBuffer, any Error>, count: Int) async throws -> (JSON, vectors: [JSON]) {
        var bytes = ByteBuffer()
        for try await var piece in body {
            bytes.writeBuffer(&piece)
            guard bytes.readableBytes <= answerLimit else {
                throw TaskError(.request, "the vectors have more than \(answerLimit) bytes")
            }
        }
        try Task.checkCancellation()
        let reply = try JSON(parsing: bytes)
        let vectors = reply["data"]?.array?.compactMap { $0["embedding"] } ?? []
        guard vectors.count == count else {
            throw TaskError(.attempt, "the engine gave \(vectors.count) vectors for \(count) texts")
        }
        return (reply, vectors)
    }
}
