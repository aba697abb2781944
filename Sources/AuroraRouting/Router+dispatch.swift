extension Router {
    /// Who of those that wait runs now. To be called after `update`, `ended` and `leave`, and a few times a second.
    public mutating func dispatch(now: Instant) -> [(ticket: Ticket, run: Run)] {
        guard line.count > 0 else { return [] }
        mesh.tickBreakers(now: now)
        reindex()
        var started: [(ticket: Ticket, run: Run)] = []
        for group in line.groupsByUrgency(now: now) where isWorthAWalk(group, now: now) {
            groups[group]?.walkedAt = now
            walk(group, now: now, into: &started)
        }
        return started
    }

    /// Takes a request out of the line, because its client is gone. Does nothing when it is not there any more.
    public mutating func leave(_ ticket: TicketID) {
        guard let waiting = line.leave(ticket.raw) else { return }
        mesh.unplan(waiting.plan)
        reindex()
    }

    /// Takes out of the line who cannot run any more: its deadline came, or no candidate is left.
    public mutating func expire(now: Instant) -> [(ticket: TicketID, refusal: Refusal)] {
        guard line.count > 0 else { return [] }
        mesh.tickBreakers(now: now)
        var refused: [(ticket: TicketID, refusal: Refusal)] = []
        for (ticket, waiting) in line.expired(now: now) {
            mesh.unplan(waiting.plan)
            refused.append((TicketID(ticket), .deadline))
        }
        for group in line.groups where groups[group]?.isAnyoneUp(mesh) != true {
            for (ticket, waiting) in line.leaveAll(group: group) {
                mesh.unplan(waiting.plan)
                refused.append((TicketID(ticket), .noneUp))
            }
        }
        reindex()
        return refused
    }

    /// Whether anybody in the model's line may find a place. In a large group some worker always has just become free: there only the
    /// head's own worker, or a little time, is a reason to look again.
    private mutating func isWorthAWalk(_ index: Int, now: Instant) -> Bool {
        guard let group = groups[index], group.hasRoom(mesh) else { return false }
        guard group.index != nil, now.seconds(since: group.walkedAt) < Self.walkEvery else { return true }
        guard let plan = line.head(group: index, now: now)?.plan, let place = mesh.place(of: plan.worker) else { return true }
        return mesh.loads[place].freeSlots > 0
    }

    private static let walkEvery = 0.02

    /// Decides again on the first of a model's line, in order. What one of them counts on stands before those behind it.
    private mutating func walk(_ group: Int, now: Instant, into started: inout [(ticket: Ticket, run: Run)]) {
        var heads: [(ticket: UInt64, waiting: Waiting)] = []
        while heads.count < Self.walk, let head = line.next(group: group, now: now) {
            mesh.unplan(head.waiting.plan)
            heads.append(head)
        }
        reindex()
        for head in heads {
            let choice = decide(head.waiting.request, group: group, isFirstInLine: true, now: now)
            guard let choice, choice.option.isFree else {
                let plan = choice.map { Waiting.Plan(worker: $0.option.id, seconds: $0.work) }
                if let plan { mesh.plan(plan) }
                line.putBack(head.ticket, plan: plan, group: group)
                reindex()
                continue
            }
            line.served(head.ticket, group: group)
            let ticket = Ticket(
                id: TicketID(head.ticket), waitSeconds: now.seconds(since: head.waiting.joined), deadline: head.waiting.deadline)
            started.append((ticket, start(choice, head.waiting.request, group: group, now: now)))
            reindex()
        }
    }
}
