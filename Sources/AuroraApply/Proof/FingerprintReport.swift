/// Kept services before and after, compared.
public struct FingerprintReport: Sendable, Equatable, Codable {
    public struct Difference: Sendable, Equatable, Codable {
        public var service: String
        /// One sentence without a full stop.
        public var what: String
        /// Id of the step that likely did it; nil when none touches it and none ran then.
        public var step: String?
        /// Why that step.
        public var why: String
    }

    public var services: Int
    public var differences: [Difference]

    public var isUndisturbed: Bool { differences.isEmpty }

    public init(before: [Fingerprint], after: [Fingerprint], steps: [Step] = [], windows: [ApplyState.Window] = []) {
        let later = Dictionary(after.map { ($0.name, $0) }) { first, _ in first }
        let suspects = Suspects(steps: steps, windows: windows)
        services = before.count
        differences = before.flatMap { old -> [Difference] in
            Comparison(old: old, new: later[old.name]).found.map { found in
                let (step, why) = suspects.likely(found)
                return Difference(service: old.name, what: found.what, step: step, why: why)
            }
        }
    }

    /// `12 kept services undisturbed: same pid, same start time, 0 configuration bytes changed`, or each difference.
    public var text: String {
        guard !isUndisturbed else {
            return "\(Words.count(services, "kept service")) undisturbed: same pid, same start time, 0 configuration bytes changed"
        }
        let touched = Set(differences.map(\.service)).count
        let lines = differences.map { "  \($0.service): \($0.what); \($0.why)" }
        return (["\(touched) of \(Words.count(services, "kept service")) changed:"] + lines).joined(separator: "\n")
    }
}
