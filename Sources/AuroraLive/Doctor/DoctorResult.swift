/// What one look at the machine found.
public struct DoctorResult: Sendable, Equatable, Codable {
    public enum Verdict: String, Sendable, Codable {
        case ok
        /// Aurora works, with something less.
        case warn
        /// Aurora cannot work like this.
        case fail
    }

    public let name: String
    public let verdict: Verdict
    /// What was found, with the values that matter.
    public let detail: String
    /// What to do; nil when nothing needs doing.
    public let fix: String?

    public init(_ name: String, _ verdict: Verdict, _ detail: String, fix: String? = nil) {
        self.name = name
        self.verdict = verdict
        self.detail = detail
        self.fix = fix
    }
}
