import AuroraSystem

extension Planning {
    /// Groups that do not run, or that run from something else than what is desired.
    func groupsToStart() -> [DesiredGroup] {
        desired.groups.filter { group in
            !observed.running.contains(group.key) || record.made(group.key)?.revision != revision(of: group)
                || group.files.contains(where: changed.contains)
        }
    }

    /// Groups to end before their files change: those that start anew, and those that nobody wants any more. Last started, first ended.
    func stopSteps(before starting: Set<String>) -> [Step] {
        let wanted = Dictionary(desired.groups.enumerated().map { ($1.key, $0) }) { first, _ in first }
        let ending = record.made.values.map(\.step).filter { step in
            guard case .start = step.work else { return false }
            return wanted[step.key] == nil || starting.contains(step.key) && observed.running.contains(step.key)
        }
        let order = ending.sorted { left, right in
            let (left, right) = ((wanted[left.key] ?? .max, left.key), (wanted[right.key] ?? .max, right.key))
            return right < left
        }
        return order.compactMap { stopStep($0, isWanted: wanted[$0.key] != nil) }
    }

    func startStep(_ group: DesiredGroup) -> Step {
        Step(
            key: group.key, does: "start \(group.title)", touches: group.touches, seconds: group.seconds, undo: "end \(group.title)",
            revision: revision(of: group), work: .start(group.activity))
    }

    private func stopStep(_ made: Step, isWanted: Bool) -> Step? {
        guard case .start(let activity) = made.work else { return nil }
        let why = isWanted ? "so that it can start anew" : "which nothing needs any more"
        return Step(
            key: made.key, does: "end '\(made.key)', \(why)", touches: made.touches, seconds: made.seconds,
            undo: "start it again as it was",
            work: .stop(activity))
    }

    /// A group is what it says and what its files hold.
    private func revision(of group: DesiredGroup) -> String {
        let files = group.files.sorted().compactMap { path in digests[path].map { "\(path) \($0)" } }
        let text = ([group.revision] + files).joined(separator: "\n")
        return ContentDigest.of(text.utf8)
    }
}
