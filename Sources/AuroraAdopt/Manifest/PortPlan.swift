public import AuroraModel

/// Ports for Aurora beside those that others hold.
public enum PortPlan {
    /// A port that Aurora wants and somebody else has.
    public struct Clash: Sendable, Equatable, Codable {
        public let name: String
        public let port: Int
        public let owner: String
        public let proposal: Int
    }

    /// The usual ports, each taken one replaced by the next that is free; 8002 stays free for an old backend as a service.
    public static func propose(
        gateway: Int, chat: Int, console: Int, beside inventory: Inventory
    ) -> (ports: PortsProposal, clashes: [Clash]) {
        let own = OwnProcesses(inventory.system.processes)
        let others = inventory.system.listeners.filter { $0.transport == .tcp && !($0.owner.map(own.contain) ?? false) }
        let published = inventory.system.containers.filter { $0.state == "running" }.flatMap(\.ports).compactMap(\.hostPort)
        var used = Set(others.map(\.port) + published + [8002])
        let wanted = [("gateway", gateway), ("chat", chat), ("console", console)]
        let free = Set(wanted.map(\.1)).subtracting(used)
        used.formUnion(free)
        var clashes: [Clash] = []
        let chosen = wanted.map { name, port -> Int in
            guard port != 0, !free.contains(port) else { return port }
            let next = (port...65_535).first { !used.contains($0) } ?? 0
            used.insert(next)
            clashes.append(Clash(name: name, port: port, owner: owner(of: port, others, inventory), proposal: next))
            return next
        }
        let reasons = clashes.map { "Port \($0.port) is held by \($0.owner), so \($0.name) takes \($0.proposal)." }
        return (PortsProposal(gateway: chosen[0], chat: chosen[1], console: chosen[2], reasons: reasons), clashes)
    }

    private static func owner(of port: Int, _ listeners: [Listener], _ inventory: Inventory) -> String {
        let holder = Holders.of(inventory.system).first { $0.ports.contains(port) }
        return holder.map(FoundText.owner) ?? "a process that could not be seen"
    }
}
