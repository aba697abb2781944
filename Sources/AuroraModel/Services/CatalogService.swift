/// The services that Aurora knows how to run by name alone.
public enum CatalogService: String, Sendable, CaseIterable, Codable {
    case redis
    /// With the Lua module.
    case nginx
    case prometheus
    case nodeExporter = "node-exporter"
    /// In containers only: Debian has no package of it.
    case grafana
}

/// What runs the services of a node.
public enum ServiceRuntime: String, Sendable, CaseIterable, Codable {
    /// Child processes of the node.
    case process
    /// Containers of the Docker engine.
    case compose
    /// Units of the machine's systemd.
    case systemd
}
