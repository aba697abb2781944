/// The services that Aurora knows how to run by name alone.
public enum CatalogService: String, Sendable, CaseIterable, Codable {
    case redis
    /// With the Lua module.
    case nginx
    case prometheus
    case nodeExporter = "node-exporter"
    /// In containers only: Debian has no package of it.
    case grafana

    /// The port that it has unless told otherwise.
    public var port: Int {
        switch self {
        case .redis: 6379
        case .nginx: 8080
        case .prometheus: 9090
        case .nodeExporter: 9100
        case .grafana: 3000
        }
    }
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
