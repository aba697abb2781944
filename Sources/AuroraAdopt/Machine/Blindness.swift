import AuroraModel

/// Says what nobody could have seen from here, though every question was answered.
enum Blindness {
    static func of(_ facts: SystemFacts, _ table: ProcessTable) -> [Unseen] {
        guard !table.processes.isEmpty else {
            let isTold = facts.unseen.contains { $0.what == "processes and ports" }
            return isTold ? [] : [Unseen("processes and ports", why: "this system has no '/proc' that could be read")]
        }
        return [tree(table), owners(facts, table), containers(facts)].compactMap(\.self)
    }

    private static func tree(_ table: ProcessTable) -> Unseen? {
        if table.seesKernel { return nil }
        return Unseen(
            "processes outside of this container", why: "it has a process tree of its own (PID namespace)",
            fix: "run it on the machine itself")
    }

    private static func owners(_ facts: SystemFacts, _ table: ProcessTable) -> Unseen? {
        let fix = facts.host.isRoot ? nil : "run it as root"
        let unowned = facts.listeners.filter { $0.owner == nil && !isKnown($0, facts) }.count
        if unowned > 0 { return Unseen("who holds \(counted(unowned, "port"))", why: whyUnowned(facts, table), fix: fix) }
        guard table.closed > 0, !facts.host.isRoot else { return nil }
        return Unseen("open files of \(counted(table.closed, "process", "processes"))", why: "they belong to other users", fix: fix)
    }

    /// Containers of which only their processes are to be seen, as those of Kubernetes are.
    private static func containers(_ facts: SystemFacts) -> Unseen? {
        let strangers = Set(facts.processes.compactMap(\.container)).subtracting(facts.containers.map(\.id))
        let isTold = facts.unseen.contains { $0.what.hasPrefix("containers") }
        guard !strangers.isEmpty, facts.host.enclosure == nil, !isTold else { return nil }
        let why = "the engine that runs them is none that the program 'docker' reaches"
        return Unseen("image and ports of \(counted(strangers.count, "container"))", why: why)
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

    private static func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
        count == 1 ? "1 \(one)" : "\(count) \(many ?? one + "s")"
    }
}
