/// What becomes of a request that came in.
public enum Admission: Sendable {
    case run(Run)
    /// `dispatch` will hand it out, or `expire` will refuse it.
    case waits(Ticket)
    case refused(Refusal)
}

/// A request on its way to a worker. The caller says how it goes on: `firstToken`, `progress`, and exactly one `ended`.
public struct Run: Sendable {
    public let id: RunID
    public let worker: WorkerID
    /// The engine's own name of the model.
    public let model: String
    public let decision: Decision
}

/// A place in the line.
public struct Ticket: Sendable, Equatable {
    public let id: TicketID
    /// Expected time until it runs, when it joined the line.
    public let waitSeconds: Double
    /// The line lets go of it then.
    public let deadline: Instant
}

/// Why a request does not run.
public enum Refusal: Sendable, Equatable {
    /// The key is not registered, or was dropped for others: register the model again.
    case unknownModel
    /// No candidate is up, takes work and has not failed this request.
    case noneUp
    /// The line, or the client's share of it, is full; it should have moved on after this time.
    case full(retryAfterSeconds: Int)
    /// It would run too late.
    case deadline
}
