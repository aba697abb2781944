import AuroraModel

/// Whoever holds ports or runs on its own: a container, a unit of systemd, a process. What is kept, is kept as one of these.
struct Holder: Equatable {
    enum Kind: Equatable {
        case container(ContainerFacts)
        case unit(String)
        case process(Int32)
        /// Nobody could be seen behind the port.
        case unknown(port: Int)
    }

    let kind: Kind
    /// The process that was first, where one is seen.
    var process: ProcessFacts?
    var listeners: [Listener] = []
    /// The unit of systemd, where it is listed.
    var unit: UnitFacts?

    /// TCP ports, the lowest first; of a container also those that the kernel leads to it without anybody listening.
    var ports: [Int] {
        let open = listeners.filter { $0.transport == .tcp }.map(\.port)
        guard case .container(let container) = kind, container.state == "running" else { return Set(open).sorted() }
        return Set(open + container.ports.filter { !$0.isUDP }.compactMap(\.hostPort)).sorted()
    }
}

/// Sorts listeners, units and containers into those who hold them.
enum Holders {
    static func of(_ system: SystemFacts) -> [Holder] {
        var holders: [Holder] = []
        for listener in system.listeners.sorted(by: { ($0.port, $0.address) < ($1.port, $1.address) }) {
            let kind = kind(of: listener, in: system)
            guard let index = holders.firstIndex(where: { $0.kind == kind }) else {
                holders.append(Holder(kind: kind, process: listener.owner, listeners: [listener], unit: unit(of: kind, in: system)))
                continue
            }
            holders[index].listeners.append(listener)
        }
        return holders + quietContainers(system, besides: holders) + quietUnits(system, besides: holders)
    }

    private static func kind(of listener: Listener, in system: SystemFacts) -> Holder.Kind {
        if let container = container(of: listener, in: system) { return .container(container) }
        guard let owner = listener.owner else { return .unknown(port: listener.port) }
        guard let unit = owner.unit, unit.hasSuffix(".service"), !unit.hasPrefix("user@") else { return .process(owner.pid) }
        return .unit(unit)
    }

    /// The one whose process it is, or for which the engine's own proxy holds the port.
    private static func container(of listener: Listener, in system: SystemFacts) -> ContainerFacts? {
        if let id = listener.owner?.container, let inside = system.containers.first(where: { $0.isCalled(id) }) { return inside }
        let proxies: Set<String> = ["docker-proxy", "rootlessport", "conmon", "containerd"]
        guard listener.owner.map({ proxies.contains($0.name) }) ?? true else { return nil }
        return system.containers.first { container in
            container.ports.contains { $0.hostPort == listener.port && $0.isUDP == (listener.transport == .udp) }
        }
    }

    private static func unit(of kind: Holder.Kind, in system: SystemFacts) -> UnitFacts? {
        guard case .unit(let name) = kind else { return nil }
        return system.units.first { $0.name == name }
    }

    /// Containers that run without a port of this machine that could be seen.
    private static func quietContainers(_ system: SystemFacts, besides holders: [Holder]) -> [Holder] {
        system.containers.filter { container in
            container.state == "running" && !holders.contains { $0.kind == .container(container) }
        }.map { container in
            Holder(kind: .container(container), process: system.processes.first { $0.pid == container.pid })
        }
    }

    /// Services and timers that somebody wrote for this machine, and that run without a port.
    private static func quietUnits(_ system: SystemFacts, besides holders: [Holder]) -> [Holder] {
        (system.units + system.timers).filter { unit in
            unit.isHandMade && unit.state == "active" && !holders.contains { $0.kind == .unit(unit.name) }
        }.map { unit in
            Holder(kind: .unit(unit.name), process: system.processes.first { $0.pid == unit.mainPid }, unit: unit)
        }
    }
}

extension ContainerFacts {
    /// Ids are cut short in some places.
    func isCalled(_ other: String) -> Bool { min(id.count, other.count) >= 12 && (id.hasPrefix(other) || other.hasPrefix(id)) }
}

extension UnitFacts {
    private static let handMade = "/etc/systemd/system/"

    /// Whether its own file stands where an administrator puts one; files below `NAME.d` only add to it.
    var isHandMade: Bool { files.contains { $0 == Self.handMade + name } }
}
