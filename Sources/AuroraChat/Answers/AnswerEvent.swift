public import AuroraModel

public import struct Foundation.Date

/// What somebody who follows an answer sees, in order: `thinking`, `started`, any number of `text`, then `done` or `failed`.
public enum AnswerEvent: Sendable, Equatable {
    /// The question is stored and the model has been asked.
    case thinking
    /// An engine took the request.
    case started(model: String, worker: String)
    /// A piece of the answer; `end` is how many UTF-8 bytes of the answer have been said with it.
    case text(String, end: Int)
    case done(FinishedAnswer)
    /// The answer ended before its time; what had been said is stored.
    case failed(AuroraError)
}

/// A complete answer, on disk.
public struct FinishedAnswer: Sendable, Equatable {
    public let text: String
    /// `stop`, `length`, `stopped` (by the user), …; nil for answers of the past.
    public let reason: String?
    public let model: String?
    /// The engine that ran the model; nil for answers of the past.
    public let worker: String?
    /// The node that served the conversation.
    public let node: String?
    public let promptTokens: Int?
    public let completionTokens: Int?
    public let finishedAt: Date
}

/// How an answer ended.
enum AnswerEnding: Sendable, Equatable {
    case done(FinishedAnswer)
    case failed(AuroraError)
}
