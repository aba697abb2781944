public import AuroraModel

/// Makes entries of `keep:` of what was found: one for each container, unit, process or crontab, however many ports it holds.
public enum KeptDerivation {
    /// In the order of the kinds, then by name: the same machine gives the same list.
    /// - Parameter variables: those of the `.env` beside the manifest, which it may refer to.
    public static func candidates(_ inventory: Inventory, variables: [String: Secret] = [:]) -> [KeptCandidate] {
        let recognised = Recognition.of(inventory)
        let (names, places) = (NamedAddresses(variables), LocalPlace(inventory.system.network))
        let holders = kept(inventory).map { holder in
            var found = candidate(holder, recognised)
            if let port = found.port, let reference = names.reference(to: port, found.kind, places) { found.url = reference }
            return found
        }
        let all = (holders + names.elsewhere(places) + Crontabs.candidates(inventory)).sorted { order($0) < order($1) }
        return zip(all, KeptNames.numbered(all.map(\.name))).map { candidate, name in
            var candidate = candidate
            candidate.name = name
            return candidate
        }
    }

    /// What was seen and is not kept, as a sentence for each: the operating system's own, and what Aurora runs.
    public static func leftOut(_ inventory: Inventory) -> [String] {
        let daemons = Holders.of(inventory.system).filter { !$0.ports.isEmpty && SystemDaemons.contain($0) && !isWanted($0) }
        return daemons.map { "\(FoundText.owner($0)) on port \($0.ports.map(String.init).joined(separator: ", "))" }
    }

    /// Ports that Aurora or what it brings along would take.
    private static let wantedPorts: Set<Int> = [8001, 8002, 8003, 8004, 8080, 6379, 9090, 3000]

    private static func kept(_ inventory: Inventory) -> [Holder] {
        let own = OwnProcesses(inventory.system.processes)
        let answering = Set(inventory.auroraPorts)
        return Holders.of(inventory.system).filter { holder in
            if own.contain(holder) || !answering.isDisjoint(with: holder.ports) { return false }
            if SystemDaemons.contain(holder) { return isWanted(holder) }
            // A socket for datagrams alone says too little: most are clients that wait for an answer.
            return !holder.ports.isEmpty || holder.listeners.isEmpty
        }
    }

    private static func isWanted(_ holder: Holder) -> Bool { !wantedPorts.isDisjoint(with: holder.ports) }

    private static func order(_ candidate: KeptCandidate) -> (Int, String, Int) {
        (KeptKind.allCases.firstIndex(of: candidate.kind) ?? 0, candidate.name, candidate.port ?? candidate.ports.first ?? 0)
    }

    private static func candidate(_ holder: Holder, _ recognised: [Recognised]) -> KeptCandidate {
        let known = recognised.filter { holder.ports.contains($0.port) }.min { rank($0) < rank($1) }
        let kind = known?.kind ?? holder.plainKind
        let (url, port) = place(holder, known)
        return KeptCandidate(
            name: KeptNames.name(of: holder, known), kind: kind, url: url, port: port, health: url == nil ? nil : known?.health,
            unit: holder.unitName, container: holder.containerName, ports: holder.ports.filter { $0 != port },
            config: config(holder, known), found: FoundText.found(holder, detail: known?.detail), runs: FoundText.runs(holder),
            since: FoundText.since(holder))
    }

    /// What has a wire of its own comes before what merely answers over HTTP; then the lowest port.
    private static func rank(_ recognised: Recognised) -> (Int, Int) {
        let isPlain = recognised.kind == .http || recognised.kind == .other
        return (isPlain ? 1 : 0, recognised.port)
    }

    private static func place(_ holder: Holder, _ known: Recognised?) -> (url: String?, port: Int?) {
        guard let known, let listener = holder.listeners.first(where: { $0.port == known.port }) else { return (nil, nil) }
        let scheme = known.kind.scheme
        guard let url = known.url ?? scheme.map({ "\($0)://\(listener.reachableHost):\(known.port)" }) else { return (nil, nil) }
        return (url, known.port)
    }

    private static func config(_ holder: Holder, _ known: Recognised?) -> [String] {
        var seen: Set<String> = []
        return ((known?.config ?? []) + (holder.unit?.files ?? [])).filter { seen.insert($0).inserted }
    }
}

extension KeptKind {
    /// How a URL of it begins; nil where its wire is not known.
    fileprivate var scheme: String? {
        switch self {
        case .postgres: "postgresql"
        case .redis: "redis"
        case .nginx, .http, .ollama, .openai, .prometheus, .grafana: "http"
        case .container, .process, .cron, .other: nil
        }
    }
}

extension Holder {
    fileprivate var plainKind: KeptKind {
        switch kind {
        case .container: .container
        case .unit, .process: .process
        case .unknown: .other
        }
    }

    fileprivate var unitName: String? { if case .unit(let name) = kind { name } else { nil } }

    fileprivate var containerName: String? { if case .container(let container) = kind { container.name } else { nil } }
}
