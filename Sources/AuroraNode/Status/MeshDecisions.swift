import AuroraAPI
import AuroraInference
import AuroraRouting
import NIOCore

extension MeshDecision {
    /// - Parameters:
    ///   - names: of the workers there are.
    ///   - now: to tell its age.
    init(_ routed: RoutedRequest, names: [WorkerID: String], now: NIODeadline) {
        let reason = routed.failed.isEmpty ? routed.decision.reason : .retry
        let next = routed.decision.alternatives.first
        let why = MeshWhy(
            reason: reason, worker: routed.worker, predicted: routed.decision.predicted, next: next.flatMap { names[$0.worker] },
            nextPredicted: next?.predicted, failed: routed.failed)
        self.init(
            id: routed.id, ageSeconds: Plain.number(Double((now - routed.began).nanoseconds) / 1e9), route: routed.route,
            model: routed.model, worker: routed.worker, policy: routed.decision.policy.rawValue, reason: reason.rawValue,
            why: why.sentence, promptTokens: routed.promptTokens, predicted: Times(routed.decision.predicted),
            alternatives: routed.decision.alternatives.map { .init(worker: names[$0.worker], predicted: Times($0.predicted)) },
            waitedSeconds: Plain.number(routed.waited), firstTokenSeconds: routed.firstToken.map { Plain.number($0) },
            seconds: Plain.number(routed.seconds), status: routed.status, failed: routed.failed, continued: routed.continued)
    }
}

extension MeshDecision.Times {
    init(_ prediction: Prediction) {
        self.init(
            queue: Plain.number(prediction.queue), load: Plain.number(prediction.load), link: Plain.number(prediction.link),
            prompt: Plain.number(prediction.prompt), firstToken: Plain.number(prediction.firstToken),
            perToken: Plain.number(prediction.perToken))
    }
}
