/// A service that Aurora runs, in the words of the Compose specification, with everything resolved: variables put in, short forms
/// written out, defaults of this product not yet applied. Every runtime is rendered from it by a pure function.
public struct ServiceSpec: Sendable, Equatable {
    public var name: String
    /// The entry of the catalog that fills in what is not said here.
    public var catalog: CatalogService?
    public var image: String?
    public var build: ImageBuild?
    /// Replaces the image's own command. For a service that runs as a process it is what is run.
    public var command: [String]?
    public var entrypoint: [String]?
    /// In the order written; a name comes once.
    public var environment: [EnvironmentVariable] = []
    /// Absolute paths, in the order in which later ones win; variables of `environment` win over all of them.
    public var envFiles: [String] = []
    /// What stands in the files, merged.
    public var fileEnvironment: [EnvironmentVariable] = []
    /// Variables whose values stand somewhere in this service and are not to be written where others read: those of `.env`, and
    /// those named like secrets.
    public var secrets: [EnvironmentVariable] = []
    public var ports: [PortMapping] = []
    public var volumes: [VolumeMount] = []
    /// Networks beside `aurora-mesh`.
    public var networks: [String] = []
    public var dependsOn: [ServiceDependency] = []
    public var restart = RestartPolicy.no
    public var healthcheck: HealthCheck?
    public var user: String?
    public var workingDir: String?
    public var labels: [String: String] = [:]
    public var resources = ResourceLimits()
    public var gpus: GPUReservation?
    /// How long it may take to end when asked to, in seconds.
    public var stopGraceSeconds = 10.0
    public var stopSignal = "SIGTERM"
    public var isReadOnly = false
    public var capabilitiesDropped: [String] = []
    /// Whether it may never gain rights that it was not started with.
    public var noNewPrivileges = false
    public var extraHosts: [String] = []

    public init(name: String) { self.name = name }

    /// Whether it is a program of the machine: it has a command, and no image to run it in.
    public var runsOnMachine: Bool { command != nil && image == nil && build == nil }
}

public struct ImageBuild: Sendable, Equatable {
    /// Absolute path.
    public var context: String
    /// Relative to the context.
    public var dockerfile: String?
    public var arguments: [EnvironmentVariable]
    public var target: String?

    public init(context: String, dockerfile: String? = nil, arguments: [EnvironmentVariable] = [], target: String? = nil) {
        (self.context, self.dockerfile, self.arguments, self.target) = (context, dockerfile, arguments, target)
    }
}

public struct EnvironmentVariable: Sendable, Equatable {
    public var name: String
    public var value: Secret
    /// Whether the value is not to be written where others read: it came from `.env` or the name says so.
    public var isSecret: Bool

    public init(_ name: String, _ value: String, isSecret: Bool = false) {
        (self.name, self.value, self.isSecret) = (name, Secret(value), isSecret)
    }
}

/// A port of the machine that leads to a port of the service.
public struct PortMapping: Sendable, Equatable, Codable {
    /// Nil: loopback and the VPN address, as for everything.
    public var hostAddress: String?
    /// Nil takes any free port.
    public var hostPort: Int?
    public var port: Int
    public var isUDP: Bool

    public init(hostAddress: String? = nil, hostPort: Int?, port: Int, isUDP: Bool = false) {
        (self.hostAddress, self.hostPort, self.port, self.isUDP) = (hostAddress, hostPort, port, isUDP)
    }
}

public struct VolumeMount: Sendable, Equatable, Codable {
    public enum Source: Sendable, Equatable, Codable {
        /// Absolute path on the machine.
        case bind(String)
        /// A volume with a name, kept when the service is removed.
        case named(String)
        case anonymous
        case memory
    }

    public var source: Source
    /// Absolute path inside the service.
    public var target: String
    public var isReadOnly: Bool

    public init(_ source: Source, target: String, isReadOnly: Bool = false) {
        (self.source, self.target, self.isReadOnly) = (source, target, isReadOnly)
    }
}

public struct ServiceDependency: Sendable, Equatable, Codable {
    public enum Condition: String, Sendable, Codable, CaseIterable {
        case started = "service_started"
        case healthy = "service_healthy"
        case completed = "service_completed_successfully"
    }

    public var service: String
    public var condition: Condition

    public init(_ service: String, _ condition: Condition = .started) { (self.service, self.condition) = (service, condition) }
}

public enum RestartPolicy: Sendable, Equatable, Codable {
    case no
    /// After a failure; at most so many times, nil without end.
    case onFailure(limit: Int?)
    case always
    /// Like `always`, but what the operator stopped stays stopped when the node starts again.
    case unlessStopped
}

public struct HealthCheck: Sendable, Equatable, Codable {
    public enum Test: Sendable, Equatable, Codable {
        /// Healthy when it exits with 0.
        case command([String])
        /// A line for `/bin/sh -c`.
        case shell(String)
        /// Healthy when a GET answers with 2xx or 3xx.
        case http(String)
        /// Healthy when a connection is accepted at this port of loopback.
        case tcp(Int)
    }

    public var test: Test
    /// Seconds.
    public var interval = 30.0
    public var timeout = 30.0
    /// Failures in this time after the start do not count.
    public var startPeriod = 0.0
    public var retries = 3

    public init(_ test: Test) { self.test = test }
}

public struct ResourceLimits: Sendable, Equatable, Codable {
    /// Cores.
    public var cpus: Double?
    public var memoryBytes: Int?
    public var processes: Int?
    public var reservedCPUs: Double?
    public var reservedMemoryBytes: Int?

    public init() {}
}

public struct GPUReservation: Sendable, Equatable, Codable {
    public enum Count: Sendable, Equatable, Codable {
        case all
        case some(Int)
        case devices([String])
    }

    public var driver: String?
    public var count: Count

    public init(driver: String? = nil, count: Count) { (self.driver, self.count) = (driver, count) }
}
