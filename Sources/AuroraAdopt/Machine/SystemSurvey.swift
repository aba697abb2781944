import AuroraModel

/// Looks at a machine. It only reads, asks in parallel, and takes three seconds at most, whatever hangs.
public enum SystemSurvey {
    /// The addresses that a mesh has unless the manifest says otherwise.
    public static let meshRange = "10.0.0.0/24"

    /// - Parameters:
    ///   - environment: of this process; it tells of enclosures, and which Docker engine to ask.
    ///   - range: addresses that the mesh wants.
    public static func take(
        _ machine: any MachineReading, environment: [String: String] = [:], range: IPv4Network? = IPv4Network(meshRange)
    ) async -> SystemFacts {
        let passed = environment.filter { $0.key.hasPrefix("DOCKER_") || $0.key == "XDG_RUNTIME_DIR" }
        let timed = TimedMachine(machine: machine, time: SurveyTime(), environment: passed)
        async let host = Self.host(timed, environment)
        async let running = Self.running(timed)
        async let disks = DiskCollector(timed: timed).collect()
        async let gpus = GPUCollector(timed: timed).collect()
        async let network = NetworkCollector(timed: timed).collect()
        async let docker = ContainerCollector(timed: timed).collect()
        let units = await Self.units(timed, host: host.value, running: running.value)

        var facts = SystemFacts()
        facts.unseen = await host.unseen + running.unseen + units.unseen + docker.unseen + network.unseen + disks.unseen + gpus.unseen
        facts.host = await host.value
        facts.disks = await disks.value
        facts.gpus = await gpus.value
        facts.processes = await running.value.table.processes
        facts.units = units.value.filter { !$0.name.hasSuffix(".timer") }
        facts.timers = units.value.filter { $0.name.hasSuffix(".timer") }
        facts.containers = await docker.value.containers
        facts.composeProjects = DockerText.projects(of: facts.containers)
        facts.listeners = ListenerCollector.naming(
            facts.containers, in: await running.value.listeners, processes: facts.processes, isLocal: await running.value.hasEngine)
        facts.network = await network.value
        if let range {
            facts.network.clashes = AddressClashes.with(
                range, interfaces: facts.network.interfaces, routes: facts.network.routes, docker: await docker.value.networks)
        }
        facts.unseen += Blindness.of(facts, await running.value.table)
        return facts
    }

    private static func host(_ timed: TimedMachine, _ environment: [String: String]) async -> Look<HostFacts> {
        let collector = HostCollector(machine: timed.machine, environment: environment)
        let found = await withinLimit(timed.time.limit) { collector.collect() }
        guard var host = found else {
            return Look(HostFacts(), unseen: [Unseen("the machine itself", why: "the kernel did not answer in time")])
        }
        guard host.name == nil || host.kernel == nil || host.architecture == nil else { return Look(host) }
        // In this order, whatever the order of the options.
        guard case .done(let text) = await timed.ask("uname", ["-n", "-r", "-m"]) else { return Look(host) }
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard words.count == 3 else { return Look(host) }
        host.name = host.name ?? words[0]
        host.kernel = host.kernel ?? words[1]
        host.architecture = host.architecture ?? words[2]
        return Look(host)
    }

    /// Processes and the ports that they hold.
    private struct Running: Sendable {
        var table = ProcessTable()
        var listeners: [Listener] = []
        /// Whether a Docker engine runs in this machine's own network.
        var hasEngine = false
    }

    private static func running(_ timed: TimedMachine) async -> Look<Running> {
        let machine = timed.machine
        let found = await withinLimit(timed.time.limit) {
            // Sockets first: what is opened meanwhile has an owner that is not looked for, never the other way round.
            let sockets = ListenerCollector(machine: machine).sockets()
            let table = ProcessCollector(machine: machine).collect()
            let network = machine.linkTarget("/proc/self/ns/net")
            let hasEngine = table.processes.contains { process in
                process.name == "dockerd" && machine.linkTarget("/proc/\(process.pid)/ns/net").map { $0 == network } ?? true
            }
            return Running(table: table, listeners: ListenerCollector.listeners(sockets, table), hasEngine: hasEngine)
        }
        return found.map { Look($0) }
            ?? Look(Running(), unseen: [Unseen("processes and ports", why: "the kernel did not answer in time", fix: "try again")])
    }

    private static func units(_ timed: TimedMachine, host: HostFacts, running: Running) async -> Look<[UnitFacts]> {
        guard host.hasSystemd else { return Look([]) }
        let collector = UnitCollector(timed: timed)
        var listed = await collector.list()
        let own = await withinLimit(timed.time.limit) { collector.own() } ?? []
        let holders = Set(running.listeners.compactMap { $0.owner?.unit })
        // Where systemd does not answer at all it need not be asked a second time.
        guard listed.unseen.isEmpty else { return Look([], unseen: listed.unseen) }
        let shown = await collector.show(listed.value, holders: holders, own: own)
        listed.unseen += shown.unseen
        return Look(shown.value, unseen: listed.unseen)
    }
}
