import AuroraModel
import AuroraSystem

extension Fleet {
    /// Does whatever has become due or possible.
    mutating func settle(at now: Duration) -> [Action] {
        var actions: [Action] = []
        for name in order {
            guard var service = services[name] else { continue }
            actions += wake(&service, at: now)
            services[name] = service
        }
        actions += stopWhatMust(at: now)
        order.removeAll { name in
            guard let service = services[name], service.goal == .gone, !service.phase.isLive else { return false }
            services[name] = nil
            return true
        }
        return actions
    }

    private mutating func wake(_ service: inout ManagedService, at now: Duration) -> [Action] {
        switch service.phase {
        case .stopping(let killAt) where killAt <= now:
            service.phase = .stopping(killAt: now + Self.killPause)
            return [.kill(service.plan.name), .tell(service.plan.name, .killed)]
        case .running:
            guard !service.mustStop, service.health?.takeDue(at: now) == true else { return [] }
            return [.probe(service.plan, run: service.run)]
        case .starting, .stopping, .stopped: return []
        case .waiting, .backingOff, .crashLoop, .completed, .failed:
            return service.goal == .run ? launchIfDue(&service, at: now) : rest(&service)
        }
    }

    private func rest(_ service: inout ManagedService) -> [Action] {
        service.takePending()
        service.phase = .stopped
        return []
    }

    private mutating func launchIfDue(_ service: inout ManagedService, at now: Duration) -> [Action] {
        switch service.phase {
        case .backingOff(let until), .crashLoop(let until):
            guard until <= now else { return [] }
            service.restarts += 1
            service.phase = .waiting
        case .waiting: break
        default: return []
        }
        guard obstacle(to: service) == nil else { return [] }
        lastRun += 1
        (service.run, service.phase) = (lastRun, .starting)
        return [.launch(service.plan, run: lastRun)]
    }

    /// A service is asked to end when nothing that needs it is still ending itself. A circle of such needs is cut.
    private mutating func stopWhatMust(at now: Duration) -> [Action] {
        let all = order.filter { services[$0]?.mustStop == true }
        guard !all.isEmpty else { return [] }
        let needed = Set(services.values.filter { $0.phase.isLive && $0.goal != .run }.flatMap { $0.plan.dependsOn.map(\.service) })
        var due = all.filter { !needed.contains($0) || services[$0]?.goal == .run }
        let isUnderWay = services.values.contains { $0.phase.isStopping || $0.phase == .starting }
        if due.isEmpty, !isUnderWay { due = all }
        return due.flatMap { ask($0, at: now) }
    }

    private mutating func ask(_ name: String, at now: Duration) -> [Action] {
        guard let plan = services[name]?.plan else { return [] }
        services[name]?.phase = .stopping(killAt: now + .clamped(seconds: plan.stopGraceSeconds))
        return [.signal(name, plan.stopSignal)]
    }

    /// Why a service can not start yet; nil when it can.
    func obstacle(to service: ManagedService) -> String? {
        for dependency in service.plan.dependsOn {
            guard let other = services[dependency.service], other.goal != .gone else {
                return "waits for '\(dependency.service)', which is not there"
            }
            if let lack = Self.lack(of: other, dependency.condition) { return "waits for '\(dependency.service)'\(lack)" }
        }
        return nil
    }

    private static func lack(of other: ManagedService, _ condition: ServiceDependency.Condition) -> String? {
        switch (condition, other.phase) {
        case (.started, .running), (.started, .completed), (.completed, .completed): nil
        case (.healthy, .running) where other.health?.state == .healthy: nil
        case (.healthy, .running) where other.health == nil: " to be healthy, but it has no health check"
        case (.healthy, .running): " to be healthy"
        case (_, .stopped): ", which is stopped; 'aurora start \(other.plan.name)' starts it"
        case (_, .failed), (_, .crashLoop): ", which fails: it \(other.ending?.sentence ?? "did not start")"
        case (.completed, _): " to complete"
        case (.healthy, .completed): " to be healthy, but it has ended"
        default: " to start"
        }
    }
}
