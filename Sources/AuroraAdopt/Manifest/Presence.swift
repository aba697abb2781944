import AuroraModel

/// Whether a kept service is there, as far as this look at the machine can tell.
struct Presence {
    enum Verdict: Equatable { case present, absent, unknown }

    private let inventory: Inventory

    init(_ inventory: Inventory) { self.inventory = inventory }

    /// - Parameter ports: of this machine, that the entry names.
    func of(_ service: KeptService, ports: Set<Int>) -> Verdict {
        if !ports.isEmpty { return held(ports, by: service) }
        if service.url != nil { return .unknown }
        if let container = service.container { return self.container(container) }
        if let unit = service.unit { return self.unit(unit) }
        return service.kind == .cron ? crontab(service.config) : .unknown
    }

    /// One port that is held is enough: a service may open others only at times.
    private func held(_ ports: Set<Int>, by service: KeptService) -> Verdict {
        let system = inventory.system
        if system.listeners.contains(where: { ports.contains($0.port) }) { return .present }
        let published = system.containers.filter { $0.state == "running" }.flatMap(\.ports).compactMap(\.hostPort)
        if published.contains(where: ports.contains) { return .present }
        // The kernel can lead a port to a container without anybody who listens.
        if service.container != nil, system.containers.isEmpty { return .unknown }
        return system.listeners.isEmpty && !system.unseen.isEmpty ? .unknown : .absent
    }

    private func container(_ name: String) -> Verdict {
        let containers = inventory.system.containers
        if containers.contains(where: { $0.name == name }) { return .present }
        // Without a single one it is not sure that the engine could be asked.
        return containers.isEmpty ? .unknown : .absent
    }

    private func unit(_ name: String) -> Verdict {
        let units = inventory.system.units + inventory.system.timers
        if units.contains(where: { $0.name == name }) { return .present }
        return units.isEmpty || !inventory.system.host.hasSystemd ? .unknown : .absent
    }

    private func crontab(_ files: [String]) -> Verdict {
        guard !files.isEmpty else { return .unknown }
        let known = Set(inventory.crontabFiles)
        return files.contains(where: known.contains) ? .present : .unknown
    }
}
