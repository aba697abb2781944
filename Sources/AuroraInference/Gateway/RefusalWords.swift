import AuroraDialects
import AuroraModel
import AuroraRouting

/// What a client is told when its request cannot run.
enum RefusalWords {
    /// - Parameter model: the one that was asked for last: the client's own, or a fallback of it.
    static func error(_ refusal: Refusal, _ question: Question, model: String, _ gateway: Gateway) -> DialectError {
        switch refusal {
        case .full(let seconds):
            return DialectError(.overloaded, DialectError.busy.message, retryAfter: seconds)
        case .deadline:
            return DialectError(.timedOut, "no worker with '\(question.model)' was free within the time this request may wait")
        case .noneUp, .unknownModel:
            return nobody(question, gateway.router.workers(for: model).map(\.worker), gateway)
        }
    }

    private static func nobody(_ question: Question, _ candidates: [Worker], _ gateway: Gateway) -> DialectError {
        let model = question.model
        if let fits = question.wishes.fits(on: gateway.node), !candidates.isEmpty, !candidates.contains(where: fits) {
            let names = candidates.map { "'\($0.spec.name)'" }.joined(separator: ", ")
            return DialectError(.overloaded, "none of the workers this request asks for has '\(model)'; it is on \(names)")
        }
        if let down = candidates.first(where: { !$0.isUp }) {
            return DialectError(.overloaded, "model '\(model)' is on '\(down.spec.name)', which does not answer now")
        }
        if let drained = candidates.first {
            return DialectError(.overloaded, "model '\(model)' is on '\(drained.spec.name)', which takes no new work now")
        }
        let known = gateway.router.modelNames
        guard !known.isEmpty else {
            return DialectError(.overloaded, "no engine is up, so there is no model '\(model)'; 'aurora doctor' tells what is missing")
        }
        return DialectError.modelNotFound(model, nearest: NearestNames.of(model, in: known + gateway.models.aliasNames))
    }
}
