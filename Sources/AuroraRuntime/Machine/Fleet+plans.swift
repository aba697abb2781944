import AuroraModel
import AuroraSystem

extension Fleet {
    /// What still runs from before: taken over when its plan is the same, ended when it is another one or none.
    mutating func adopt(_ found: [RunRecord], _ plans: [ProcessPlan], resting: Set<String>, at now: Duration) -> [Action] {
        var actions: [Action] = []
        for record in found where services[record.service] == nil {
            let plan = plans.first { $0.name == record.service }
            var service = ManagedService(plan ?? ProcessPlan(remaining: record), goal: .gone)
            if let plan {
                service.goal = Self.goal(of: plan, resting: resting)
                service.isToRestart = plan.launchDigest != record.digest
            }
            lastRun += 1
            service.run = lastRun
            service.began(pid: record.pid, at: now)
            services[record.service] = service
            actions.append(.watch(record.service, run: lastRun))
            if !service.mustStop { actions.append(.tell(record.service, .takenOver(pid: record.pid))) }
        }
        return actions
    }

    mutating func replace(with plans: [ProcessPlan], resting: Set<String>) -> [Action] {
        let wanted = Set(plans.map(\.name))
        for name in services.keys where !wanted.contains(name) { services[name]?.goal = .gone }
        for plan in plans { replace(plan, resting: resting) }
        order = services.keys.sorted()
        return []
    }

    private mutating func replace(_ plan: ProcessPlan, resting: Set<String>) {
        guard !isEnding else { return }
        guard var service = services[plan.name] else {
            services[plan.name] = ManagedService(plan, goal: Self.goal(of: plan, resting: resting))
            return
        }
        if service.goal == .gone { service.goal = Self.goal(of: plan, resting: resting) }
        let isSameProcess = (service.pending ?? service.plan).launchDigest == plan.launchDigest
        if isSameProcess, service.pending == nil {
            // Its health goes on being watched as it was, unless the check is another one.
            if service.plan.healthcheck != plan.healthcheck {
                service.health = plan.healthcheck.flatMap { check in service.startedAt.map { HealthWatch(check, startedAt: $0) } }
            }
            service.plan = plan
        } else if service.phase.isLive {
            (service.pending, service.isToRestart) = (plan, true)
        } else {
            service.plan = plan
        }
        if !isSameProcess, !service.phase.isLive, service.goal == .run {
            service.forgetTrouble()
            service.phase = .waiting
        }
        services[plan.name] = service
    }

    /// What the operator stopped stays stopped, except where the policy says `always`.
    private static func goal(of plan: ProcessPlan, resting: Set<String>) -> ServiceGoal {
        resting.contains(plan.name) && plan.restart != .always ? .rest : .run
    }
}

extension ProcessPlan {
    /// What is known of a process whose plan is gone: how to end it.
    fileprivate init(remaining record: RunRecord) {
        self.init(
            name: record.service, arguments: [], folder: "/", stopGraceSeconds: record.stopGraceSeconds, stopSignal: record.stopSignal)
    }
}
