import AuroraModel

/// Asks systemd for its units.
struct UnitCollector: Sendable {
    /// More would not fit on a command line.
    private static let mostUnits = 1_000
    private static let ownFolder = "/etc/systemd/system"
    private static let suppliedFolders = ["/lib/", "/usr/lib/", "/run/", "/dev/null"]

    let timed: TimedMachine

    /// All services and timers that systemd knows.
    func list() async -> Look<[ListedUnit]> {
        let arguments = [
            "list-units", "--all", "--type=service,timer", "--full", "--plain", "--no-legend", "--no-pager", "--output=json",
        ]
        switch await timed.ask("systemctl", arguments) {
        case .done(let output): return Look(UnitText.listed(output))
        case .failed(let why): return Look([], unseen: [unseen(why)])
        case .missing: return Look([], unseen: [unseen("there is no program 'systemctl'")])
        }
    }

    private func unseen(_ why: String) -> Unseen {
        Unseen("units of systemd", why: why, fix: "run it on the machine itself, not inside a container")
    }

    /// Units that somebody wrote or changed for this machine. Blocks for a moment.
    func own() -> [String] {
        ((try? timed.machine.list(Self.ownFolder)).flatMap(\.self) ?? []).compactMap { entry in
            let name = entry.hasSuffix(".d") ? String(entry.dropLast(2)) : entry
            let target = timed.machine.linkTarget("\(Self.ownFolder)/\(entry)") ?? ""
            let isAlias = Self.suppliedFolders.contains { target.hasPrefix($0) } || (!target.isEmpty && !target.contains("/"))
            return UnitText.isName(name) && !isAlias ? name : nil
        }
    }

    /// The units worth a closer look: those that run, those that hold a port, those made here, and all timers.
    func show(_ listed: [ListedUnit], holders: Set<String>, own: [String]) async -> Look<[UnitFacts]> {
        let active = listed.filter { $0.state != "inactive" || $0.name.hasSuffix(".timer") }.map(\.name)
        // A template, as in `app@.service`, is no unit by itself.
        let wanted = Set(active).union(holders).union(own).filter { UnitText.isName($0) && !$0.contains("@.") }.sorted().prefix(
            Self.mostUnits)
        guard !wanted.isEmpty else { return Look([]) }
        let known = Dictionary(listed.map { ($0.name, $0) }) { first, _ in first }
        let plain = wanted.compactMap { known[$0] }.map { UnitFacts(name: $0.name, description: $0.description, state: $0.state) }
        switch await timed.ask("systemctl", ["show", "--no-pager", "--property=\(UnitText.properties)", "--"] + wanted) {
        case .done(let output): return Look(UnitText.shown(output).sorted { $0.name < $1.name })
        case .failed(let why): return Look(plain, unseen: [Unseen("files of systemd's units", why: why)])
        case .missing: return Look(plain)
        }
    }
}
