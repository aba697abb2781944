import AuroraModel
import AuroraSystem

import struct Foundation.Date

/// Decides what follows a failed attempt. Pure.
struct RetryPlanner: Sendable {
    static let firstDelay = Duration.seconds(1)
    static let longestDelay = Duration.seconds(60)
    /// A node that has just started knows its models in a moment; nobody should wait long for being told that there is none.
    static let longestWhileSettling = Duration.seconds(2)

    let settings: TaskSettings

    /// - Parameters:
    ///   - task: as it was claimed, so without this failure.
    ///   - isSettling: the node started a moment ago and may not know every model yet.
    ///   - share: 0 to 1, random.
    func outcome(
        of task: TaskSummary, after error: TaskError, node: String, isSettling: Bool, at now: Date, share: Double
    ) -> TaskOutcome {
        let failure = TaskFailure(at: now, attempt: task.attempts, node: error.node ?? node, worker: error.worker, error: error.message)
        switch error.kind {
        case .request: return .failed(failure)
        case .unknownModel where !isSettling: return .failed(failure)
        case .deadline: return .dead(failure)
        case .attempt where task.failures + 1 >= settings.attempts: return .dead(failure)
        case .attempt, .unavailable, .unknownModel: break
        }
        let due = now.addingTimeInterval(delay(after: task, error, share: share).seconds)
        let end = task.deadline ?? task.createdAt.addingTimeInterval(settings.patience.seconds)
        guard due < end else { return .dead(failure) }
        return .retry(failure, due: due, isCounted: error.kind == .attempt)
    }

    /// Exponential back-off with full jitter, so that tasks that failed together do not come back together (Marc Brooker, "Exponential
    /// Backoff And Jitter", AWS Architecture Blog, 2015). What the gateway asked for is waited at least.
    private func delay(after task: TaskSummary, _ error: TaskError, share: Double) -> Duration {
        let longest = error.kind == .unknownModel ? Self.longestWhileSettling : Self.longestDelay
        let ceiling = min(Self.firstDelay * (1 << min(max(0, task.attempts - 1), 16)), longest)
        return max(ceiling * min(max(share, 0), 1), min(error.retryAfter ?? .zero, Self.longestDelay))
    }
}
