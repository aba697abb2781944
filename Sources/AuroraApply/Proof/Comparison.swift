import Foundation

/// Two fingerprints of one service, and what differs.
struct Comparison {
    struct Found {
        var what: String
        var files: [String] = []
        var ports: [PortKey] = []
        var containers: [String] = []
        var units: [String] = []
        /// When it happened, where that can be known.
        var at: Date?
    }

    let old: Fingerprint
    let new: Fingerprint?

    var found: [Found] {
        guard let new else {
            return [Found(what: "it is gone", files: old.configuration.keys.sorted(), ports: old.ports, units: old.units)]
        }
        return [container(new) ?? process(new), ports(new)].compactMap(\.self) + files(new)
    }

    /// A container that was started again has other processes too: one difference, not two.
    private func container(_ new: Fingerprint) -> Found? {
        guard old.containerID != new.containerID || old.containerStartedAt != new.containerStartedAt else { return nil }
        let id = old.containerID.map { String($0.prefix(12)) } ?? "none"
        let ids = [old.containerID, new.containerID].compactMap(\.self)
        let what =
            old.containerID == new.containerID
            ? "its container \(id) was started again" : "its container was \(id), now it is \(new.containerID?.prefix(12) ?? "none")"
        return Found(what: what, ports: old.ports, containers: ids, units: old.units, at: new.containerStartedAt)
    }

    private func process(_ new: Fingerprint) -> Found? {
        guard old.pid != new.pid || old.startTicks != new.startTicks else { return nil }
        let what =
            new.pid.map { pid in
                pid == old.pid
                    ? "pid \(pid) is another process than before" : "its pid was \(old.pid.map { "\($0)" } ?? "unknown"), now it is \(pid)"
            } ?? "its process \(old.pid.map { "\($0)" } ?? "") is gone"
        return Found(what: what, ports: old.ports, units: old.units, at: new.startedAt)
    }

    private func ports(_ new: Fingerprint) -> Found? {
        guard old.ports != new.ports else { return nil }
        let (before, now) = (Set(old.ports), Set(new.ports))
        let lost = before.subtracting(now).sorted().map { "no longer listens on \($0)" }
        let won = now.subtracting(before).sorted().map { "now listens on \($0)" }
        return Found(what: "it " + (lost + won).joined(separator: ", "), ports: before.symmetricDifference(now).sorted(), units: old.units)
    }

    private func files(_ new: Fingerprint) -> [Found] {
        Set(old.configuration.keys).union(new.configuration.keys).sorted().compactMap { path in
            let (before, now) = (old.configuration[path], new.configuration[path])
            guard before != now else { return nil }
            let what = now == nil ? "is gone" : before == nil ? "is new" : "was changed"
            return Found(what: "its configuration '\(path)' \(what)", files: [path])
        }
    }
}

/// Finds the step that likely made a difference.
struct Suspects {
    let steps: [Step]
    let windows: [ApplyState.Window]

    /// A step that touches what changed; else the one that ran when it changed.
    func likely(_ found: Comparison.Found) -> (step: String?, why: String) {
        if let step = steps.last(where: { touches($0, found) }) { return (step.id, "the step '\(step.id)' touches it") }
        if let at = found.at, let window = windows.last(where: { ran($0, at) }) {
            return (window.step, "the step '\(window.step)' ran at that time")
        }
        return (nil, "no step of this apply touches it")
    }

    private func touches(_ step: Step, _ found: Comparison.Found) -> Bool {
        !Set(step.touches.files).isDisjoint(with: found.files) || !Set(step.touches.ports).isDisjoint(with: found.ports)
            || !Set(step.touches.containers).isDisjoint(with: found.containers) || !Set(step.touches.units).isDisjoint(with: found.units)
    }

    /// Journals hold whole seconds, and so does the start of a process: one second more on both sides.
    private func ran(_ window: ApplyState.Window, _ at: Date) -> Bool {
        at >= window.begin.addingTimeInterval(-1) && at <= (window.end ?? .distantFuture).addingTimeInterval(1)
    }
}
