import AuroraModel

/// Fills in what a service of the catalog does not say itself.
enum Catalog {
    /// The other services, and what they are to one of the catalog.
    struct Neighbours {
        let services: [ServiceSpec]

        /// Where each service of the catalog that tells numbers is found by `address`.
        func targets(_ address: (ServiceSpec, CatalogEntry) -> String) -> [(name: String, address: String)] {
            services.compactMap { service in
                guard service.catalog == .nodeExporter else { return nil }
                return (service.name, address(service, .nodeExporter))
            }
        }

        func prometheus(_ address: (ServiceSpec, CatalogEntry) -> String) -> String? {
            services.first { $0.catalog == .prometheus }.map { address($0, .prometheus) }
        }
    }

    /// A service as containers run it, with the files of its settings below `config/NAME`.
    /// - Parameter metrics: `host:port` of the node's own metrics as containers reach it; nil where none does.
    static func container(
        _ spec: ServiceSpec, _ neighbours: Neighbours, metrics: String?, context: RenderContext
    ) -> (spec: ServiceSpec, files: [PlannedFile]) {
        guard let service = spec.catalog else { return (spec, []) }
        let entry = CatalogEntry.entry(service)
        let address: (ServiceSpec, CatalogEntry) -> String = { "\($0.name):\($1.port)" }
        var place = CatalogEntry.Place(
            addresses: ["0.0.0.0"], port: entry.port, settings: entry.containerSettings, data: entry.containerData, isContainer: true)
        place.targets = (metrics.map { [("aurora", $0)] } ?? []) + neighbours.targets(address)
        place.prometheus = neighbours.prometheus(address) ?? "prometheus:9090"
        var full = filled(spec, entry, place)
        full.image = spec.image ?? entry.image
        let arguments = entry.arguments(place)
        full.command = arguments.isEmpty ? nil : arguments
        full.extraHosts += metrics == nil ? [] : entry.containerHosts
        let files = entry.files(place).map { file in
            PlannedFile(path: "config/\(spec.name)/\(file.name)", contents: context.head("Settings of \(spec.name)") + file.contents)
        }
        full.volumes += volumes(entry, spec, hasSettings: !files.isEmpty, context)
        return (full, files)
    }

    /// A service as a program of the machine, with the files of its settings in `settings`.
    static func machine(
        _ spec: ServiceSpec, _ neighbours: Neighbours, settings: String, data: String, context: RenderContext
    ) throws(AuroraError) -> (spec: ServiceSpec, files: [PlannedFile], hasData: Bool) {
        guard let service = spec.catalog else { return (spec, [], false) }
        let entry = CatalogEntry.entry(service)
        guard let program = entry.program else {
            throw AuroraError(
                .manifest, "service '\(spec.name)' is '\(service.rawValue)' of the catalog, which runs in containers only",
                hint: "use runtime: compose, or render it for Kubernetes")
        }
        let listened: (ServiceSpec, CatalogEntry) -> String = { "\(reached($0, $1, context)):\(port($0, $1))" }
        var place = CatalogEntry.Place(
            addresses: addresses(spec, context), port: port(spec, entry), settings: settings, data: data, isContainer: false)
        place.targets = [("aurora", "127.0.0.1:\(context.consolePort)")] + neighbours.targets(listened)
        var full = filled(spec, entry, place)
        full.command = [context.programs[program.name] ?? program.path] + entry.arguments(place)
        full.ports = place.addresses.map { PortMapping(hostAddress: $0, hostPort: place.port, port: place.port) }
        let files = entry.files(place).map { file in
            PlannedFile(path: "\(settings)/\(file.name)", contents: context.head("Settings of \(spec.name)") + file.contents)
        }
        return (full, files, entry.dataKind != .none)
    }

    private static func filled(_ spec: ServiceSpec, _ entry: CatalogEntry, _ place: CatalogEntry.Place) -> ServiceSpec {
        var full = spec
        full.healthcheck = spec.healthcheck ?? entry.healthcheck(place)
        full.ports = spec.ports.isEmpty ? [PortMapping(hostPort: entry.port, port: entry.port)] : spec.ports
        let own = Set(spec.environment.map(\.name))
        full.environment = entry.environment.filter { !own.contains($0.name) } + spec.environment
        return full
    }

    private static func volumes(_ entry: CatalogEntry, _ spec: ServiceSpec, hasSettings: Bool, _ context: RenderContext) -> [VolumeMount] {
        let settings = VolumeMount(.bind("\(context.folder)/config/\(spec.name)"), target: entry.containerSettings, isReadOnly: true)
        let taken = Set(spec.volumes.map(\.target))
        let data: [VolumeMount] =
            switch entry.dataKind {
            case .kept: [VolumeMount(.named("\(spec.name)-data"), target: entry.containerData)]
            case .memory: [VolumeMount(.memory, target: entry.containerData)]
            case .none: []
            }
        return ((hasSettings ? [settings] : []) + data + entry.containerVolumes).filter { !taken.contains($0.target) }
    }

    private static func port(_ spec: ServiceSpec, _ entry: CatalogEntry) -> Int { spec.ports.first?.hostPort ?? entry.port }

    private static func addresses(_ spec: ServiceSpec, _ context: RenderContext) -> [String] {
        let told = spec.ports.compactMap(\.hostAddress)
        return told.isEmpty ? context.addresses : told
    }

    private static func reached(_ spec: ServiceSpec, _ entry: CatalogEntry, _ context: RenderContext) -> String {
        let address = addresses(spec, context).first ?? "127.0.0.1"
        return ["0.0.0.0", "::"].contains(address) ? "127.0.0.1" : address.bracketed
    }
}
