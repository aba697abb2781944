import Metrics
import Synchronization

/// Counters of the gateway as a whole.
final class GatewayMetrics: Sendable {
    let cancelled = Counter(label: "aurora_gateway_cancelled_total")
    private let retries = Mutex<[String: Counter]>([:])

    /// - Parameter reason: a fixed word, never a free text.
    func retried(_ reason: String) {
        retries.withLock { known in
            let counter = known[reason] ?? Counter(label: "aurora_gateway_retries_total", dimensions: [("reason", reason)])
            known[reason] = counter
            return counter
        }.increment()
    }
}

/// Metrics of one worker, their handles kept, because making one takes longer than counting.
final class WorkerMetrics: Sendable {
    /// Models with series of their own; more than these count under `other`.
    private static let modelLimit = 64

    private struct Key: Hashable {
        let route: GatewayRoute
        let code: Int
    }

    private struct Handles {
        var requests: [Key: Counter] = [:]
        var durations: [String: Timer] = [:]
        var firstTokens: [String: Timer] = [:]
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
        let (counter, timer) = handles.withLock { handles in
            let model = bounded(model, &handles)
            let key = Key(route: route, code: code)
            let counter =
                handles.requests[key]
                ?? Counter(
                    label: "aurora_gateway_requests_total",
                    dimensions: [("route", route.rawValue), ("worker", worker), ("code", String(code))])
            handles.requests[key] = counter
            let name = route.operation + "\u{0}" + model
            let timer =
                handles.durations[name]
                ?? Timer(
                    label: "gen_ai.server.request.duration",
                    dimensions: [("gen_ai.operation.name", route.operation), ("gen_ai.request.model", model), ("worker", worker)])
            handles.durations[name] = timer
            return (counter, timer)
        }
        counter.increment()
        timer.recordNanoseconds(nanoseconds)
    }

    func firstToken(_ route: GatewayRoute, model: String, nanoseconds: Int64) {
        handles.withLock { handles in
            let model = bounded(model, &handles)
            let name = route.operation + "\u{0}" + model
            let timer =
                handles.firstTokens[name]
                ?? Timer(
                    label: "gen_ai.server.time_to_first_token",
                    dimensions: [("gen_ai.operation.name", route.operation), ("gen_ai.request.model", model), ("worker", worker)])
            handles.firstTokens[name] = timer
            return timer
        }.recordNanoseconds(nanoseconds)
    }

    private func bounded(_ model: String, _ handles: inout Handles) -> String {
        if handles.models.contains(model) { return model }
        guard handles.models.count < Self.modelLimit else { return "other" }
        handles.models.insert(model)
        return model
    }
}
