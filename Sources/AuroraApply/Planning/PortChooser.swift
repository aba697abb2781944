/// A port that the manifest asks for.
public struct WantedPort: Sendable, Equatable {
    /// Unique and lasting, such as `redis` or `grafana/3000`: a port that was chosen is remembered by it.
    public var name: String
    public var port: PortKey
    /// Whether another port will do.
    public var isAutomatic: Bool
    /// The group that will hold it.
    public var group: String

    public init(name: String, port: PortKey, isAutomatic: Bool, group: String) {
        (self.name, self.port, self.isAutomatic, self.group) = (name, port, isAutomatic, group)
    }
}

/// Which port each name gets.
public struct PortChoice: Sendable, Equatable {
    /// By name.
    public var ports: [String: PortKey] = [:]
    /// The group that will hold each of them.
    public var groups: [PortKey: String] = [:]
    /// Those that differ from what was asked for, for the record.
    public var moved: [String: Int] = [:]
    public var notes: [String] = []
    public var refusals: [Refusal] = []

    public init() {}
}

/// Finds out which ports can be used, before anything is rendered with them.
public enum PortChooser {
    /// A port stays what it was in earlier applies. One that is taken is refused with a free one proposed, or replaced by it when any will do.
    public static func choose(_ wanted: [WantedPort], observed: Observed, record: Record, kept: [KeptService] = []) -> PortChoice {
        var chooser = Choosing(observed: observed, record: record, kept: kept, asked: Set(wanted.map(\.port)))
        for port in wanted { chooser.add(port) }
        return chooser.choice
    }

    /// Where the search for a free port ends: below the range that systems hand out to outgoing connections.
    static let highest = 32_767
}

private struct Choosing {
    let observed: Observed
    /// The kept service that each port belongs to.
    let kept: [PortKey: String]
    let record: Record
    let asked: Set<PortKey>
    var choice = PortChoice()

    init(observed: Observed, record: Record, kept: [KeptService], asked: Set<PortKey>) {
        (self.observed, self.record, self.asked) = (observed, record, asked)
        self.kept = Dictionary(kept.flatMap { service in service.ports.map { ($0, service.name) } }) { first, _ in first }
    }

    mutating func add(_ wanted: WantedPort) {
        let remembered = wanted.isAutomatic ? record.ports[wanted.name].map { PortKey($0, isUDP: wanted.port.isUDP) } : nil
        let first = remembered ?? wanted.port
        guard let obstacle = obstacle(first, for: wanted) else { return take(first, for: wanted) }
        let free = freePort(near: wanted)
        guard wanted.isAutomatic, let free else { return refuse(first, wanted, obstacle, proposing: free) }
        choice.notes.append("port \(first) for '\(wanted.name)' is \(obstacle), so \(free) is used")
        take(free, for: wanted)
    }

    private mutating func take(_ port: PortKey, for wanted: WantedPort) {
        choice.ports[wanted.name] = port
        choice.groups[port] = wanted.group
        if port != wanted.port { choice.moved[wanted.name] = port.port }
    }

    private mutating func refuse(_ port: PortKey, _ wanted: WantedPort, _ obstacle: String, proposing free: PortKey?) {
        let way = free.map { "set the port of '\(wanted.name)' to \($0), which is free, or let Aurora choose with 'ports: auto'" }
        choice.refusals.append(
            Refusal("port \(port) for '\(wanted.name)' is \(obstacle)", allow: way ?? "free a port below \(PortChooser.highest)"))
        // Taken all the same, so that what else stands in the way is found in the same plan.
        take(port, for: wanted)
    }

    /// Why this port cannot be used, completing "port 80 is …"; nil when it can.
    private func obstacle(_ port: PortKey, for wanted: WantedPort) -> String? {
        if let other = choice.groups[port] { return "already given to '\(other)' in this plan" }
        if let holder = observed.holder(of: port), !isOwn(holder, wanted.group) { return "held by \(holder.words)" }
        return kept[port].map { "a port of the kept service '\($0)'" }
    }

    private func isOwn(_ holder: PortHolding, _ group: String) -> Bool {
        if let owner = holder.group { return owner == group }
        return record.made(group)?.touches.ports.contains(holder.port) == true && observed.running.contains(group)
    }

    /// The next port above that nobody holds, keeps, or asks for.
    private func freePort(near wanted: WantedPort) -> PortKey? {
        let start = max(1024, wanted.port.port)
        guard start < PortChooser.highest else { return nil }
        return (start + 1...PortChooser.highest).lazy.map { PortKey($0, isUDP: wanted.port.isUDP) }.first { port in
            !asked.contains(port) && choice.groups[port] == nil && observed.holder(of: port) == nil && kept[port] == nil
        }
    }
}
