import AuroraModel

/// Finds interfaces, routes and WireGuard.
struct NetworkCollector: Sendable {
    let timed: TimedMachine

    func collect() async -> Look<NetworkFacts> {
        async let told = timed.ask("ip", ["-j", "addr"])
        async let dump = timed.ask("wg", ["show", "all", "dump"])
        let kernel = await withinLimit(timed.time.limit) { [machine = timed.machine] in KernelNetwork(machine) }
        guard let kernel else {
            return Look(NetworkFacts(), unseen: [Unseen("the network", why: "the kernel did not answer in time")])
        }
        var facts = NetworkFacts()
        facts.routes = kernel.routes
        facts.interfaces = kernel.interfaces
        if case .done(let json) = await told, let interfaces = NetworkText.interfaces(json: json) { facts.interfaces = interfaces }
        let (wireGuard, unseen) = Self.wireGuard(await dump, kernel)
        facts.wireGuard = wireGuard
        return Look(facts, unseen: unseen)
    }

    private static func wireGuard(_ dump: TimedMachine.Answer, _ kernel: KernelNetwork) -> ([WireGuardFacts], [Unseen]) {
        var found: [WireGuardFacts] = []
        if case .done(let text) = dump { found = WireGuardText.interfaces(text) }
        let silent = kernel.wireGuard.filter { name in !found.contains { $0.interface == name } }
        found += silent.map { WireGuardFacts(interface: $0) }
        found += kernel.wireGuardFiles.filter { name in !found.contains { $0.interface == name } }
            .map { WireGuardFacts(interface: $0, isUp: false) }
        for place in found.indices where kernel.wireGuardFiles.contains(found[place].interface) {
            found[place].file = "\(KernelNetwork.wireGuardFolder)/\(found[place].interface).conf"
        }
        let unseen = silent.map { Unseen("peers of '\($0)'", why: reason(dump), fix: "run it as root, with wireguard-tools installed") }
        return (found.sorted { $0.interface < $1.interface }, unseen)
    }

    private static func reason(_ dump: TimedMachine.Answer) -> String {
        switch dump {
        case .done: "'wg' does not tell of it"
        case .failed(let why): why
        case .missing: "there is no program 'wg'"
        }
    }
}

/// What files tell of the network.
struct KernelNetwork: Sendable {
    static let wireGuardFolder = "/etc/wireguard"

    let routes: [NetworkRoute]
    let interfaces: [NetworkInterface]
    /// Names of interfaces of WireGuard, in the kernel or in a program of their own.
    let wireGuard: [String]
    /// Interfaces that are written down.
    let wireGuardFiles: [String]

    init(_ machine: any MachineReading) {
        func text(_ path: String) -> String? { (try? machine.text(path)).flatMap(\.self) }
        func names(_ folder: String) -> [String] { (try? machine.list(folder)).flatMap(\.self) ?? [] }
        func stems(_ folder: String, _ suffix: String) -> [String] {
            names(folder).filter { $0.hasSuffix(suffix) && $0.count > suffix.count }.map { String($0.dropLast(suffix.count)) }
        }
        let links = names("/sys/class/net")
        routes = text("/proc/net/route").map(NetworkText.routes) ?? []
        let addresses = text("/proc/net/fib_trie").map(NetworkText.localAddresses) ?? []
        interfaces = NetworkText.interfaces(names: links, addresses: addresses, routes: routes)
        let programs = Set(stems("/var/run/wireguard", ".sock"))
        wireGuard = links.filter { link in
            programs.contains(link) || text("/sys/class/net/\(link)/uevent")?.split(separator: "\n").contains("DEVTYPE=wireguard") == true
        }
        wireGuardFiles = stems(Self.wireGuardFolder, ".conf")
    }
}
