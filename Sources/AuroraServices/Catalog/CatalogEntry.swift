import AuroraModel

/// One service that Aurora knows how to run: as a container, and, where Debian has a package of it, as a program.
struct CatalogEntry: Sendable {
    struct Program: Sendable {
        let name: String
        /// Where Debian has it.
        let path: String
        let package: String
    }

    /// Where one of them runs.
    struct Place: Sendable {
        /// Addresses it listens on.
        var addresses: [String]
        var port: Int
        /// Folders with its settings and its data.
        var settings: String
        var data: String
        var isContainer: Bool
        /// `host:port` of what Prometheus asks for metrics, by name; in the order of the names.
        var targets: [(name: String, address: String)] = []
        /// Where Prometheus is, for what shows its numbers.
        var prometheus = "127.0.0.1:9090"

        var isLoopback: Bool { addresses.allSatisfy { $0.hasPrefix("127.") || $0 == "::1" } }
        var firstAddress: String { addresses.first ?? "127.0.0.1" }
    }

    enum Data: Sendable { case kept, memory, none }

    let service: CatalogService
    let image: String
    /// Nil: in containers only.
    let program: Program?
    /// Folders inside its container.
    var containerSettings = "/etc/aurora"
    var containerData = "/data"
    var dataKind = Data.kept
    /// The user of its image, where Kubernetes has to be told whose the volume is.
    var userID: Int?
    var containerVolumes: [VolumeMount] = []
    var containerHosts: [String] = []
    var environment: [EnvironmentVariable] = []
    /// Files of its settings by name.
    var files: @Sendable (Place) -> [(name: String, contents: String)] = { _ in [] }
    /// Arguments behind the program; in a container, the command.
    let arguments: @Sendable (Place) -> [String]
    let health: @Sendable (Place) -> HealthCheck.Test

    var port: Int { service.port }

    static func entry(_ service: CatalogService) -> CatalogEntry {
        switch service {
        case .redis: redis
        case .nginx: nginx
        case .prometheus: prometheus
        case .nodeExporter: nodeExporter
        case .grafana: grafana
        }
    }

    /// A check that is made often enough for what is local.
    func healthcheck(_ place: Place) -> HealthCheck {
        var check = HealthCheck(health(place))
        (check.interval, check.timeout, check.startPeriod) = (10, 5, 10)
        return check
    }
}

extension String {
    /// An address as it stands before `:port`.
    var bracketed: String { contains(":") ? "[\(self)]" : self }
}
