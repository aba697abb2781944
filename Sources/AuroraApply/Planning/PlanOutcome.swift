public import AuroraModel

/// What planning came to.
public enum PlanOutcome: Sendable, Equatable {
    case plan(Plan)
    /// The machine is as the manifest says. `notes`: what the reader should know all the same.
    case nothingToDo(notes: [String])
    /// All reasons at once.
    case refused([Refusal])

    /// The plan; nil when there is nothing to do.
    ///
    /// - Throws: `refused` with every reason.
    public func get() throws(AuroraError) -> Plan? {
        switch self {
        case .plan(let plan): return plan
        case .nothingToDo: return nil
        case .refused(let refusals):
            throw AuroraError(
                .refused, "nothing was planned: \(refusals.map(\.reason).joined(separator: "; "))",
                hint: refusals.map(\.allow).joined(separator: "; "))
        }
    }
}

/// Why something is not planned, and what would allow it.
public struct Refusal: Sendable, Equatable, Codable {
    /// Lower case, no full stop, with the user's own values.
    public var reason: String
    public var allow: String

    public init(_ reason: String, allow: String) { (self.reason, self.allow) = (reason, allow) }
}
