import AuroraModel

/// Says what nobody could have seen from here, though every question was answered.
enum Blindness {
    static func of(_ facts: SystemFacts, _ table: ProcessTable) -> [Unseen] {
        guard !table.processes.isEmpty else {
            let isTold = facts.unseen.contains { $0.what == "processes and ports" }
            return isTold ? [] : [Unseen("processes and ports", why: "this system has no '/proc' that could be read")]
        }
        var unseen: [Unseen] = []
        if !table.seesKernel {
            unseen.append(
                Unseen(
                    "processes outside of this container", why: "it has a process tree of its own (PID namespace)",
                    fix: "run it on the machine itself"))
        }
        let unowned = facts.listeners.filter { $0.owner == nil && !isKnown($0, facts) }.count
        if unowned > 0 {
            unseen.append(Unseen("who holds \(counted(unowned, "port"))", why: whyUnowned(facts, table), fix: fix(facts)))
        } else if table.closed > 0, !facts.host.isRoot {
            unseen.append(
                Unseen("open files of \(counted(table.closed, "process", "processes"))", why: "they belong to other users", fix: fix(facts))
            )
        }
        let known = Set(facts.containers.map(\.id) + [facts.host.enclosure?.container].compactMap(\.self))
        let strangers = Set(facts.processes.compactMap(\.container)).subtracting(known)
        if !strangers.isEmpty, facts.host.enclosure == nil, !facts.unseen.contains(where: { $0.what == "containers" }) {
            unseen.append(
                Unseen(
                    "image and ports of \(counted(strangers.count, "container"))",
                    why: "the engine that runs them is none that the program 'docker' reaches"))
        }
        return unseen
    }

    /// Docker leads ports to containers in the kernel, and WireGuard is the kernel: neither has a process that holds a socket.
    private static func isKnown(_ listener: Listener, _ facts: SystemFacts) -> Bool {
        let isUDP = listener.transport == .udp
        let ports = facts.containers.filter { $0.state == "running" }.flatMap(\.ports)
        return ports.contains { $0.hostPort == listener.port && $0.isUDP == isUDP }
            || isUDP && facts.network.wireGuard.contains { $0.listenPort == listener.port }
    }

    private static func whyUnowned(_ facts: SystemFacts, _ table: ProcessTable) -> String {
        if !facts.host.isRoot { return "their processes belong to other users" }
        return table.seesKernel
            ? "their processes are in other namespaces, or the kernel holds them" : "their processes are outside of this container"
    }

    private static func fix(_ facts: SystemFacts) -> String? { facts.host.isRoot ? nil : "run it as root" }

    private static func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
        count == 1 ? "1 \(one)" : "\(count) \(many ?? one + "s")"
    }
}
