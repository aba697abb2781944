import AuroraRouting
import Foundation

/// The reason for a worker in a sentence. Pure.
struct MeshWhy {
    let reason: Decision.Reason
    let worker: String
    let predicted: Prediction
    /// The next best, when there was one and it is still there.
    let next: String?
    let nextPredicted: Prediction?
    /// Workers that failed the request before.
    let failed: [String]

    var sentence: String {
        switch reason {
        case .only: "'\(worker)' is the only worker that could take it"
        case .resident: "'\(worker)' has the model in memory" + loadElsewhere
        case .affinity: "its conversation was on '\(worker)' before, which has most of the prompt already"
        case .prefix: "'\(worker)' has read the beginning of this prompt before"
        case .fastest: "the first token is expected soonest from '\(worker)', in \(Self.seconds(predicted.firstToken))" + comparison
        case .leastBusy: "of the workers that are about as fast, '\(worker)' had the least to do"
        case .explore: "to learn how fast '\(worker)' is now, since it was not tried lately" + comparison
        case .retry: "after \(list(failed)) failed, '\(worker)' was the next best"
        case .pinned: "the request or the policy names '\(worker)'"
        case .turn: "it was the turn of '\(worker)'"
        }
    }

    private var loadElsewhere: String {
        guard let next, let nextPredicted, nextPredicted.load > 0 else { return "" }
        return "; '\(next)' would load it first, about \(Self.seconds(nextPredicted.load))"
    }

    private var comparison: String {
        guard let next, let nextPredicted else { return "" }
        return "; from '\(next)' in \(Self.seconds(nextPredicted.firstToken))"
    }

    private func list(_ names: [String]) -> String { names.map { "'\($0)'" }.joined(separator: ", ") }

    private static func seconds(_ value: Double) -> String {
        let value = Plain.number(value)
        return value < 1 ? "\(Int((value * 1000).rounded())) ms" : String(format: "%.1f s", value)
    }
}
