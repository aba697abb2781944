import AuroraSystem

/// Which processes belong to a run. Pure.
///
/// They are its main process, its group and session, whatever carries its mark, and all that descends from these. The mark is inherited, so it
/// also finds what left the group and was orphaned, unless that wiped its environment.
enum RunMembers {
    /// - Parameters:
    ///   - isFresh: the main process ended a moment ago, so its number cannot have been given to anybody else yet.
    ///   - isMarked: whether the process with this number carries the run's mark; asked only for processes that began after the run.
    static func select(
        _ run: RunRecord, from table: [ProcessEntry], isFresh: Bool, excluding own: Int32, isMarked: (Int32) -> Bool
    ) -> [ProcessEntry] {
        let candidates = table.filter { $0.pid > 1 && $0.pid != own && $0.startTicks >= run.startTicks }
        let leader = table.first { $0.pid == run.pid }
        // The number of a group stays taken as long as anybody is in it; but once its leader is gone it may have gone round.
        let isOurGroup = leader.map { $0.startTicks == run.startTicks } ?? isFresh
        var members = Set<Int32>()
        for entry in candidates {
            let isInGroup = isOurGroup && (entry.group == run.pid || entry.session == run.pid)
            if isInGroup || isMarked(entry.pid) { members.insert(entry.pid) }
        }
        addDescendants(of: &members, from: candidates)
        return candidates.filter { members.contains($0.pid) && !$0.isZombie }
    }

    private static func addDescendants(of members: inout Set<Int32>, from table: [ProcessEntry]) {
        let children = Dictionary(grouping: table, by: \.parent)
        var open = Array(members)
        while let parent = open.popLast() {
            for child in children[parent] ?? [] where members.insert(child.pid).inserted { open.append(child.pid) }
        }
    }
}
