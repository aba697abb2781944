/// What runs mean for the numbers of their worker.
extension Mesh {
    mutating func begin(_ running: Running, id: UInt64, work: Double, now: Instant) {
        let place = running.place
        touchCrowd(place, now: now)
        loads[place].inFlight += 1
        loads[place].sentAt = now
        loads[place].sent &+= 1
        if loads[place].inFlight > loads[place].slots { workers[place].slotLearner.probing(now: now) }
        workers[place].runs.append(.init(run: id, start: now, end: now.advanced(by: work)))
        numbers[running.pair].active += 1
        pairs[running.pair].used(now: now)
        if running.isCold, numbers[running.pair].loadedAt == .origin {
            startsLoading(running.pair, until: now.advanced(by: running.prediction.load), now: now)
        }
        refresh(worker: place)
    }

    /// The first token of a stream came.
    mutating func generates(_ running: inout Running, id: UInt64, now: Instant) {
        guard let place = current(running) else { return }
        touchCrowd(place, now: now)
        running.crowd = workers[place].crowd
        learnSlots(&running, place: place, now: now)
        workers[place].generating += 1
        if let pair = currentPair(running), running.isCold { saw(pair, resident: true, now: now) }
        let end = now.advanced(by: running.answerTokens * running.prediction.perToken)
        if let run = workers[place].runs.firstIndex(where: { $0.run == id }) { workers[place].runs[run].end = end }
        refresh(worker: place)
    }

    mutating func end(_ running: Running, id: UInt64, now: Instant) {
        if let pair = currentPair(running) { numbers[pair].active -= 1 }
        guard let place = current(running) else { return }
        touchCrowd(place, now: now)
        loads[place].inFlight -= 1
        workers[place].runs.removeAll { $0.run == id }
        if running.streams, running.firstToken != nil { workers[place].generating -= 1 }
    }

    /// After everything about an ended run is learned.
    mutating func settled(_ running: Running, _ ending: Ending, now: Instant) {
        guard let place = current(running) else { return }
        if case .finished = ending { workers[place].breaker.succeeded(settings: settings) }
        workers[place].endedAt = now
        if let pair = currentPair(running), running.isCold, running.firstToken == nil, numbers[pair].active == 0 {
            numbers[pair].loadedAt = .origin
        }
        refresh(worker: place)
    }

    mutating func failed(_ running: Running, _ failure: Ending.Failure, now: Instant) {
        guard let place = current(running) else { return }
        workers[place].breaker.failed(failure, settings: settings, now: now)
    }

    // MARK: What the line counts on

    mutating func plan(_ plan: Waiting.Plan) {
        guard let place = place(of: plan.worker) else { return }
        loads[place].planned += 1
        loads[place].plannedSeconds += plan.seconds
        changed.append(place)
    }

    mutating func unplan(_ plan: Waiting.Plan?) {
        guard let plan, let place = place(of: plan.worker), loads[place].planned > 0 else { return }
        loads[place].planned -= 1
        loads[place].plannedSeconds = loads[place].planned == 0 ? 0 : max(0, loads[place].plannedSeconds - plan.seconds)
        changed.append(place)
    }

    // MARK: Groups

    mutating func join(group: Int, members: [ModelGroup.Member]) {
        for place in workers.indices {
            workers[place].memberships.removeAll { $0.group == group }
        }
        for (index, member) in members.enumerated() {
            workers[member.worker].memberships.append(.init(group: group, member: index))
        }
    }

    func memberships(of place: Int) -> [Worker.Membership] { workers[place].memberships }

    // MARK: Inside

    /// The place of the run's worker, if that is still the same.
    func current(_ running: Running) -> Int? {
        loads[running.place].id == running.worker && loads[running.place].isPresent ? running.place : nil
    }

    func currentPair(_ running: Running) -> Int? {
        pairs[running.pair].serial == running.pairSerial ? running.pair : nil
    }

    func experience(of running: Running) -> Experience? {
        currentPair(running).map { pairs[$0].experience }
    }

    private mutating func touchCrowd(_ place: Int, now: Instant) {
        let busy = Double(loads[place].busy)
        let since = workers[place].crowdAt
        workers[place].crowd += busy * max(0, now.seconds(since: since))
        workers[place].crowdAt = max(now, since)
    }

    /// See `SlotLearner`.
    private mutating func learnSlots(_ running: inout Running, place: Int, now: Instant) {
        guard workers[place].learnsSlots else { return }
        let others = workers[place].generating
        let ttft = now.seconds(since: running.start)
        let endedAt = workers[place].endedAt
        let afterEnd = now.seconds(since: endedAt)
        let wasReleased = running.others > 0 && endedAt > running.start && ttft - afterEnd > 2 * afterEnd && !running.isCold
        if wasReleased, ttft > 2 * running.prediction.firstToken {
            running.released = endedAt
            workers[place].slotLearner.queued(others: others, now: now)
        } else {
            workers[place].slotLearner.proved(others: others, now: now)
        }
    }
}
