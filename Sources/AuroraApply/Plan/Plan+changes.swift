public import AuroraModel

extension Plan {
    /// What of the machine is no longer as this plan saw it, a sentence each. Empty: the plan may be performed.
    public func changes(in observed: Observed) -> [String] {
        let files = relies.files.sorted { $0.key < $1.key }.compactMap { path, seen -> String? in
            let now = observed.files[path] ?? .missing
            return now == seen ? nil : "at '\(path)' there was \(seen.words), now there is \(now.words)"
        }
        let taken = relies.freePorts.sorted().compactMap { port in
            observed.holder(of: port).map { "port \(port) was free, now it is held by \($0.words)" }
        }
        return files + taken
    }

    /// Throws `refused` when the machine is no longer as this plan saw it.
    public func checkStillTrue(_ observed: Observed) throws(AuroraError) {
        let changes = changes(in: observed)
        guard !changes.isEmpty else { return }
        throw AuroraError(
            .refused, "the machine changed since the plan \(id) was made: \(changes.joined(separator: "; "))",
            hint: "make a new plan with 'aurora plan', read it, then apply that one")
    }
}
