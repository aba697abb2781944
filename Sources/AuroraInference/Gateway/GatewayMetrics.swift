import Metrics
import Synchronization

/// Counters of the gateway as a whole.
final class GatewayMetrics: Sendable {
    let cancelled = Counter(label: "aurora_gateway_cancelled_total")
    /// Requests that had to wait in the line.
    let waited = Counter(label: "aurora_gateway_waited_total")
    /// Answers that another worker went on with.
    let continued = Counter(label: "aurora_gateway_continued_total")
    private let brokenAnswers = Mutex<[String: Counter]>([:])
    private let retries = Mutex<[String: Counter]>([:])
    private let answers = Mutex<[AnswerKey: Counter]>([:])

    /// - Parameter reason: a fixed word, never a free text.
    func retried(_ reason: String) {
        retries.withLock { known in
            let counter = known[reason] ?? Counter(label: "aurora_gateway_retries_total", dimensions: [("reason", reason)])
            known[reason] = counter
            return counter
        }.increment()
    }

    /// Counts an answer that broke in the middle and could not be continued.
    /// - Parameter reason: a fixed word.
    func broken(_ reason: String) {
        brokenAnswers.withLock { known in
            let counter = known[reason] ?? Counter(label: "aurora_gateway_broken_answers_total", dimensions: [("reason", reason)])
            known[reason] = counter
            return counter
        }.increment()
    }

    /// Counts an answer that no worker had a part in: refusals, and what an engine need not be asked.
    func answeredAlone(_ route: GatewayRoute, code: Int) {
        answers.withLock { known in
            let key = AnswerKey(route: route, code: code)
            let counter = known[key] ?? key.counter(worker: "")
            known[key] = counter
            return counter
        }.increment()
    }
}

/// What tells the series of `aurora_gateway_requests_total` apart, beside the worker.
private struct AnswerKey: Hashable {
    let route: GatewayRoute
    let code: Int

    func counter(worker: String) -> Counter {
        let dimensions = [("route", route.path), ("worker", worker), ("code", String(code))]
        return Counter(label: "aurora_gateway_requests_total", dimensions: dimensions)
    }
}

/// Metrics of one worker, their handles kept, because making one takes longer than counting.
final class WorkerMetrics: Sendable {
    /// Models with series of their own; more than these count under `other`.
    private static let modelLimit = 64

    /// What tells the series of one worker apart.
    private struct Series: Hashable {
        let route: GatewayRoute
        let code: Int
        let model: String
    }

    private struct Handles {
        var answers: [Series: (count: Counter, duration: Timer)] = [:]
        var firstTokens: [Series: Timer] = [:]
        var models: Set<String> = []
    }

    private let worker: String
    private let handles = Mutex(Handles())
    private let inFlight: Gauge
    private let engineUp: Gauge
    private let engineModels: Gauge
    private let inputTokens: Recorder
    private let outputTokens: Recorder

    init(worker: String) {
        self.worker = worker
        inFlight = Gauge(label: "aurora_gateway_in_flight", dimensions: [("worker", worker)])
        engineUp = Gauge(label: "aurora_engine_up", dimensions: [("engine", worker)])
        engineModels = Gauge(label: "aurora_engine_models", dimensions: [("engine", worker)])
        inputTokens = Recorder(label: "gen_ai.client.token.usage", dimensions: [("gen_ai.token.type", "input")])
        outputTokens = Recorder(label: "gen_ai.client.token.usage", dimensions: [("gen_ai.token.type", "output")])
    }

    func engine(up: Bool, models: Int) {
        engineUp.record(up ? 1 : 0)
        engineModels.record(models)
    }

    func load(_ count: Int) { inFlight.record(count) }

    func tokens(input: Int?, output: Int?) {
        if let input { inputTokens.record(input) }
        if let output { outputTokens.record(output) }
    }

    func answered(_ route: GatewayRoute, code: Int, model: String, nanoseconds: Int64) {
        let series = Series(route: route, code: code, model: model)
        let handle = handles.withLock { handles in handles.answers[series] ?? make(series, &handles) }
        handle.count.increment()
        handle.duration.recordNanoseconds(nanoseconds)
    }

    private func make(_ series: Series, _ handles: inout Handles) -> (count: Counter, duration: Timer) {
        let failure = series.code < 400 ? [] : [("error.type", String(series.code))]
        let made = (
            count: AnswerKey(route: series.route, code: series.code).counter(worker: worker),
            duration: Timer(label: "gen_ai.server.request.duration", dimensions: dimensions(series, &handles) + failure)
        )
        if handles.models.contains(series.model) { handles.answers[series] = made }
        return made
    }

    func firstToken(_ route: GatewayRoute, model: String, nanoseconds: Int64) {
        let series = Series(route: route, code: 0, model: model)
        handles.withLock { handles in
            if let known = handles.firstTokens[series] { return known }
            let timer = Timer(label: "gen_ai.server.time_to_first_token", dimensions: dimensions(series, &handles))
            if handles.models.contains(model) { handles.firstTokens[series] = timer }
            return timer
        }.recordNanoseconds(nanoseconds)
    }

    private func dimensions(_ series: Series, _ handles: inout Handles) -> [(String, String)] {
        [
            ("gen_ai.operation.name", series.route.operation),
            ("gen_ai.request.model", bounded(series.model, &handles)),
            ("worker", worker),
        ]
    }

    private func bounded(_ model: String, _ handles: inout Handles) -> String {
        if handles.models.contains(model) { return model }
        guard handles.models.count < Self.modelLimit else { return "other" }
        handles.models.insert(model)
        return model
    }
}
