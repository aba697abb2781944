import AuroraModel

/// Why an answer stopped growing, before the store knows.
enum AnswerOutcome: Sendable, Equatable {
    case finished(reason: String, promptTokens: Int?, completionTokens: Int?)
    case stopped
    case failed(AuroraError)
    /// The node stops.
    case interrupted
    /// The conversation was deleted.
    case gone

    static let cut = AnswerOutcome.failed(
        AuroraError(.unavailable, "the model's answer was cut off before its end", hint: "send the message again"))

    static func timedOut(_ limit: Duration) -> AnswerOutcome {
        .failed(
            AuroraError(
                .timedOut, "the answer took longer than \(limit.components.seconds) s",
                hint: "ask for less, set max_tokens in the personality, or choose a faster model"))
    }

    var state: MessageState {
        switch self {
        case .finished, .stopped: .complete
        case .failed, .gone: .failed
        case .interrupted: .interrupted
        }
    }

    /// What the user is told; nil when all went well.
    var error: AuroraError? {
        switch self {
        case .finished, .stopped: nil
        case .failed(let error): error
        case .interrupted: AuroraError(.unavailable, "the node stopped while the answer grew", hint: "send the message again")
        case .gone: AuroraError(.notFound, "the conversation was deleted while its answer grew")
        }
    }

    var reason: String? {
        switch self {
        case .finished(let reason, _, _): reason
        case .stopped: "stopped"
        case .failed, .interrupted, .gone: nil
        }
    }

    /// The label of the metric.
    var label: String {
        switch self {
        case .finished: "complete"
        case .stopped: "stopped"
        case .failed: "failed"
        case .interrupted: "interrupted"
        case .gone: "deleted"
        }
    }
}
