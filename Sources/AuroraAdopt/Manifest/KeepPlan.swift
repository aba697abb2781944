public import AuroraModel

/// What a manifest that is there already makes of what was found.
public struct KeepPlan: Sendable, Equatable {
    /// A kept service that is run as before, but not where the manifest says.
    public struct Moved: Sendable, Equatable, Codable {
        public let name: String
        public let written: String
        public let found: String
    }

    /// Everything found, by the name that it has in the manifest, or gets.
    public private(set) var found: [KeptCandidate] = []
    /// Those of `found` that are not in the manifest yet.
    public private(set) var added: [KeptCandidate] = []
    /// Names under `keep:` whose service is not there. What cannot be told is not among them.
    public private(set) var gone: [String] = []
    /// Names under `keep:` whose service is there.
    public private(set) var present: [String] = []
    public private(set) var moved: [Moved] = []

    /// - Parameters:
    ///   - engines: also those outside `keep:`, which need not be kept twice.
    ///   - variables: those that the candidates may refer to.
    public init(
        found: [KeptCandidate], keep: [KeptService], engines: [EngineSpec], inventory: Inventory, variables: [String: Secret] = [:]
    ) {
        let places = LocalPlace(inventory.system.network)
        let known = keep.map { Known($0, places) }
        var taken = Set(keep.map(\.name) + engines.map(\.name))
        for candidate in found {
            let ports = candidate.allPorts(places)
            var named = candidate
            let place = candidate.url.flatMap { LocalPlace.authority(of: NamedAddresses.resolved($0, variables)) }
            let entry = known.first { $0.isSame(as: candidate, ports: ports, place: place) }?.service.name
            if let name = entry ?? engines.first(where: { places.port(of: $0.url).map(ports.contains) ?? false })?.name {
                named.name = name
            } else {
                named.name = KeptNames.numbered([candidate.name], taken: taken).first ?? candidate.name
                taken.insert(named.name)
                added.append(named)
            }
            self.found.append(named)
        }
        let presence = Presence(inventory)
        for entry in known { place(entry, presence, found: found, places) }
    }

    private mutating func place(_ entry: Known, _ presence: Presence, found: [KeptCandidate], _ places: LocalPlace) {
        switch presence.of(entry.service, ports: entry.ports) {
        case .present: present.append(entry.service.name)
        case .unknown: break
        case .absent:
            let match = found.first { $0.isRun(like: entry.service) }
            guard let match, let written = entry.ports.first, let port = match.allPorts(places).min() else {
                gone.append(entry.service.name)
                return
            }
            present.append(entry.service.name)
            moved.append(Moved(name: entry.service.name, written: "port \(written)", found: "port \(port) (\(match.runs))"))
        }
    }

    /// An entry of the manifest with the ports of this machine that it names.
    private struct Known {
        let service: KeptService
        let ports: Set<Int>
        /// `host:port` of its URL.
        private let place: String?

        init(_ service: KeptService, _ places: LocalPlace) {
            self.service = service
            place = service.url.flatMap { LocalPlace.authority(of: $0.reveal()) }
            ports = Set(service.ports + [service.url.flatMap { places.port(of: $0.reveal()) }].compactMap(\.self))
        }

        func isSame(as candidate: KeptCandidate, ports candidatePorts: Set<Int>, place other: String?) -> Bool {
            if let place, place == other { return true }
            if !ports.isDisjoint(with: candidatePorts) || candidate.isRun(like: service) { return true }
            guard service.kind == .cron, candidate.kind == .cron else { return false }
            // The own table of a user who may not see its file has a name only.
            return candidate.config.isEmpty ? service.name == candidate.name : !Set(service.config).isDisjoint(with: candidate.config)
        }
    }
}

extension KeptCandidate {
    fileprivate func allPorts(_ places: LocalPlace) -> Set<Int> {
        Set(ports + [url.flatMap { places.port(of: $0) }, port].compactMap(\.self))
    }

    fileprivate func isRun(like service: KeptService) -> Bool {
        (unit != nil && unit == service.unit) || (container != nil && container == service.container)
    }
}
