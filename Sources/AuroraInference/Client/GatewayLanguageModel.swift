import AuroraDialects
import AuroraHTTP
public import AuroraModel
public import AuroraSystem
import HTTPTypes
import NIOCore

/// A language model behind the gateway, asked over HTTP like any other client, so that routing, limits and metrics hold for it too.
public struct GatewayLanguageModel: LanguageModel {
    private let url: String
    private let token: Secret
    private let http: any HTTPCalling
    private let patience: Duration

    /// - Parameters:
    ///   - url: the gateway's base URL.
    ///   - token: the node's own, sent with every call.
    ///   - patience: until an answer begins, and for each silence within it.
    public init(url: String, token: Secret, http: any HTTPCalling, patience: Duration = .seconds(330)) {
        self.url = url
        self.token = token
        self.http = http
        self.patience = patience
    }

    public func models() async throws -> [String] {
        let reply = try await http.call(HTTPCall(.get, url + "/v1/models", headers: headers(for: nil)))
        let list = try JSON(parsing: try await reply.collect(upTo: 8 << 20))
        return list["data"]?.array?.compactMap { $0["id"]?.string } ?? []
    }

    public func answer(_ request: ModelRequest) -> AsyncThrowingStream<ModelEvent, any Error> {
        let reading = AnswerReading { try await open(request) }
        // Pulled, not pushed: a consumer that stops listening lets go of the reply, which ends the engine's work.
        return AsyncThrowingStream { try await reading.next() }
    }

    private func open(_ request: ModelRequest) async throws -> (first: ModelEvent, body: AsyncThrowingStream<ByteBuffer, any Error>) {
        let model = try await chosen(request.model)
        let reply = try await http.call(
            HTTPCall(
                .post, url + "/v1/chat/completions", headers: headers(for: request), body: body(request, model: model),
                headTimeout: patience,
                idleTimeout: patience))
        guard reply.status == 200 else { throw failure(status: reply.status, try await reply.collect(upTo: 65_536)) }
        return (.started(model: model, worker: reply.headers[.auroraWorker] ?? ""), reply.body)
    }

    private func chosen(_ model: String?) async throws -> String {
        if let model { return model }
        guard let first = try await models().first else {
            throw AuroraError(
                .unavailable, "no model is ready", hint: "'aurora status' shows the engines and 'aurora doctor' what is missing")
        }
        return first
    }

    private func body(_ request: ModelRequest, model: String) -> ByteBuffer {
        var object = JSONObject()
        object.append("model", .string(model))
        object.append("messages", .array(request.turns.map { ["role": .string($0.role.rawValue), "content": .string($0.content)] }))
        object.append("stream", .bool(true))
        object.append("stream_options", ["include_usage": true])
        object.append("temperature", request.temperature.map(JSON.double))
        object.append("max_tokens", request.maxTokens.map(JSON.int))
        return JSON.object(object).bytes
    }

    private func headers(for request: ModelRequest?) -> HTTPFields {
        var headers: HTTPFields = [.authorization: "Bearer \(token.reveal())"]
        guard let request else { return headers }
        headers[.contentType] = "application/json"
        if let trace = request.traceparent { headers[.traceparent] = trace }
        return headers
    }

    private func failure(status: Int, _ body: ByteBuffer) -> AuroraError {
        let message = (try? JSON(parsing: body))?["error"]?["message"]?.string ?? "the gateway answered \(status)"
        return switch status {
        case 404: AuroraError(.notFound, message, hint: "'aurora status' lists the models")
        case 400, 422: AuroraError(.invalid, message)
        default: AuroraError(status == 503 ? .unavailable : .failed, message)
        }
    }
}

/// Reads one streamed answer, event by event, as its consumer asks for them.
private actor AnswerReading {
    private let open: @Sendable () async throws -> (first: ModelEvent, body: AsyncThrowingStream<ByteBuffer, any Error>)
    private var pieces: AsyncThrowingStream<ByteBuffer, any Error>.Iterator?
    private var parser = SSEParser()
    private var completion = CompletionReading()
    private var ready: [ModelEvent] = []

    init(_ open: @escaping @Sendable () async throws -> (first: ModelEvent, body: AsyncThrowingStream<ByteBuffer, any Error>)) {
        self.open = open
    }

    func next() async throws -> ModelEvent? {
        while ready.isEmpty {
            guard var reading = pieces else {
                let (first, body) = try await open()
                pieces = body.makeAsyncIterator()
                return first
            }
            guard let piece = try await reading.next(isolation: self) else {
                guard completion.isDone else { throw AuroraError(.unavailable, "the answer ended in the middle") }
                return nil
            }
            pieces = reading
            ready = try parser.push(piece).flatMap { try completion.take(String(buffer: $0.data)) }
        }
        return ready.removeFirst()
    }
}

/// Reads the events of a streamed chat completion.
private struct CompletionReading {
    private(set) var isDone = false
    private var reason = "stop"
    private var usage: (prompt: Int?, completion: Int?) = (nil, nil)

    /// Throws when the event tells of a failure.
    mutating func take(_ data: String) throws -> [ModelEvent] {
        if data == "[DONE]" {
            isDone = true
            return [.finished(reason: reason, promptTokens: usage.prompt, completionTokens: usage.completion)]
        }
        let event = try JSON(parsing: data)
        if let error = event["error"] {
            throw AuroraError(.unavailable, error["message"]?.string ?? "the engine failed in the middle of its answer")
        }
        if let counted = event["usage"], !counted.isNull { usage = (counted["prompt_tokens"]?.int, counted["completion_tokens"]?.int) }
        guard let first = event["choices"]?[0] else { return [] }
        if let ended = first["finish_reason"]?.string { reason = ended }
        guard let text = first["delta"]?["content"]?.string, !text.isEmpty else { return [] }
        return [.text(text)]
    }
}
