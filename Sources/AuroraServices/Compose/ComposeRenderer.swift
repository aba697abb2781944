public import AuroraModel

/// Renders services as one `docker-compose.yml` that docker-compose 1.29 and Docker Compose 2 read alike.
///
/// Secrets stay out of it: values of variables are written as `${NAME}`, others lie in `secrets/NAME.env`, mode 0600.
public enum ComposeRenderer {
    public static func render(_ services: [ServiceSpec], _ context: RenderContext) throws(AuroraError) -> Rendering {
        let neighbours = Catalog.Neighbours(services: services)
        var rendering = Rendering()
        var entries: [(key: String, value: YAMLTree)] = []
        var (volumes, networks) = (Set<String>(), Set<String>())
        for service in services {
            let metrics = "host.docker.internal:\(context.consolePort)"
            let (full, files) = Catalog.container(service, neighbours, metrics: metrics, context: context)
            let secrets = SecretFile(full, path: "secrets/\(service.name).env")
            entries.append((service.name, try ComposeService(spec: full, context: context, secrets: secrets).tree()))
            rendering.files += files
            if let file = try secrets.rendered() { rendering.files.append(file) }
            volumes.formUnion(full.volumes.compactMap(\.name))
            networks.formUnion(full.networks)
            if service.catalog == .prometheus { rendering.notes.append(Self.metricsNote) }
        }
        let text = try document(entries, volumes: volumes.sorted(), networks: networks.sorted(), context).yaml()
        rendering.files.insert(PlannedFile(path: "docker-compose.yml", contents: context.head("Services") + text), at: 0)
        if services.contains(where: { !$0.secrets.isEmpty }) { rendering.notes.append(Self.variablesNote) }
        return rendering
    }

    private static let metricsNote =
        "containers reach the node's own metrics at host.docker.internal only when 'listen' has an address that they can reach"
    private static let variablesNote =
        "docker-compose.yml takes secrets from variables: give the compose command the manifest's variables with --env-file .env"

    private static func document(
        _ services: [(key: String, value: YAMLTree)], volumes: [String], networks: [String], _ context: RenderContext
    ) -> YAMLTree {
        let labels = YAMLTree.map(ComposeService.ownership(context).map { ($0.key, .text($0.value)) })
        let others = networks.map { (key: $0, value: YAMLTree.map([("name", .text("aurora-\($0)")), ("labels", labels)])) }
        return .filled([
            ("services", .map(services)),
            ("networks", .map([(RenderContext.network, .map([("name", .text(RenderContext.network)), ("labels", labels)]))] + others)),
            ("volumes", .map(volumes.map { ($0, .map([("name", .text("aurora-\($0)")), ("labels", labels)])) })),
        ])
    }
}

extension VolumeMount {
    /// The name of a kept volume.
    var name: String? { if case .named(let name) = source { name } else { nil } }
}
