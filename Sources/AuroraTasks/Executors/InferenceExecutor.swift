import AuroraDialects
import AuroraModel
import NIOCore

/// `llm_inference`: one chat completion, streamed, so that followers see it grow.
struct InferenceExecutor: TaskExecutor {
    let type = TaskType.inference
    let gateway: TaskGateway

    func findings(_ payload: JSONObject, _ requirements: TaskRequirements) -> [TaskFinding] {
        InferencePayload(payload, requirements).findings
    }

    func run(_ task: TaskRecord, _ payload: JSONObject, log: TaskLog) async throws -> JSON {
        let request = InferencePayload(payload, task.summary.requirements)
        let model = try await gateway.model(request.model)
        log.note(stage: "waiting")
        let answer = try await gateway.post("/v1/chat/completions", request.body(model: model), model: model, for: task.summary)
        log.note(stage: "generating", worker: answer.worker)
        var reading = CompletionReading(model: model)
        try await answer.reading { try await read(answer.body, into: &reading, log: log) }
        return reading.result(text: log.snapshot.text, worker: answer.worker, node: answer.node)
    }

    private func read(_ body: AsyncThrowingStream<ByteBuffer, any Error>, into reading: inout CompletionReading, log: TaskLog) async throws
    {
        var parser = SSEParser()
        for try await piece in body {
            for event in try parser.push(piece) {
                let text = try reading.take(String(buffer: event.data))
                guard text.isEmpty || log.append(text) else { return reading.cut() }
            }
            if reading.isDone { return }
        }
        try Task.checkCancellation()
        guard reading.isDone else { throw TaskError(.attempt, "the answer ended in the middle") }
    }
}

/// Reads the events of a streamed chat completion.
private struct CompletionReading {
    private(set) var isDone = false
    private var model: String
    private var reason = "stop"
    private var usage: JSON?

    init(model: String) { self.model = model }

    /// The text in this event; throws when it tells of a failure.
    mutating func take(_ data: String) throws -> String {
        if data == "[DONE]" {
            isDone = true
            return ""
        }
        let event = try JSON(parsing: data)
        if let error = event["error"] {
            throw TaskError(.attempt, error["message"]?.string ?? error.string ?? "the engine failed in the middle of its answer")
        }
        if let told = event["usage"], !told.isNull { usage = told }
        if let told = event["model"]?.string { model = told }
        if let ended = event["choices"]?[0]?["finish_reason"]?.string { reason = ended }
        return event["choices"]?[0]?["delta"]?["content"]?.string ?? ""
    }

    /// The answer is longer than what is kept.
    mutating func cut() { (isDone, reason) = (true, "length") }

    func result(text: String, worker: String, node: String) -> JSON {
        var result: JSONObject = [
            "response": .string(text), "model": .string(model), "worker": .string(worker), "node": .string(node),
            "finish_reason": .string(reason),
        ]
        result.append("usage", usage)
        return .object(result)
    }
}
