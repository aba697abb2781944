/// One service as a process of this machine, with nothing left to decide: what the process runtime starts, watches and stops.
///
/// It holds secrets in its environment and its files, so it is written to disk only where the runtime keeps it, mode 0600.
public struct ProcessPlan: Sendable, Equatable {
    public var name: String
    /// The program first; a program without a slash is looked up in `PATH` of `environment`.
    public var arguments: [String]
    /// Everything the process gets: nothing is inherited, and files with variables are merged in already.
    public var environment: [EnvironmentVariable]
    /// Absolute path of the folder it runs in.
    public var folder: String
    /// `name`, `uid`, `name:group` or `uid:gid`; nil: the user of the node.
    public var user: String?
    /// Written before it starts.
    public var files: [PlannedFile]
    /// Absolute paths of folders that exist before it starts: made if they do not, never emptied.
    public var folders: [String]
    public var healthcheck: HealthCheck?
    public var restart: RestartPolicy
    public var dependsOn: [ServiceDependency]
    public var resources: ResourceLimits
    /// How long it may take to end when asked to, in seconds; then it is killed.
    public var stopGraceSeconds: Double
    /// Name of the signal that asks it to end, such as `SIGTERM`.
    public var stopSignal: String
    /// Ports of this machine that it listens on.
    public var ports: [PortMapping]

    public init(
        name: String, arguments: [String], environment: [EnvironmentVariable] = [], folder: String, user: String? = nil,
        files: [PlannedFile] = [], folders: [String] = [], healthcheck: HealthCheck? = nil, restart: RestartPolicy = .no,
        dependsOn: [ServiceDependency] = [], resources: ResourceLimits = ResourceLimits(), stopGraceSeconds: Double = 10,
        stopSignal: String = "SIGTERM", ports: [PortMapping] = []
    ) {
        (self.name, self.arguments, self.environment, self.folder, self.user) = (name, arguments, environment, folder, user)
        (self.files, self.folders, self.healthcheck, self.restart) = (files, folders, healthcheck, restart)
        (self.dependsOn, self.resources, self.stopGraceSeconds) = (dependsOn, resources, stopGraceSeconds)
        (self.stopSignal, self.ports) = (stopSignal, ports)
    }
}

/// A file that belongs to a service and is made by Aurora.
public struct PlannedFile: Sendable, Equatable, Codable {
    /// Absolute, or relative to the folder into which all files of a rendering are written.
    public var path: String
    public var contents: String
    /// Permission bits; 0600 for what holds secrets.
    public var mode: Int

    public init(path: String, contents: String, mode: Int = 0o644) {
        (self.path, self.contents, self.mode) = (path, contents, mode)
    }

    /// Whether it holds secrets: then it is never printed.
    public var isSecret: Bool { mode & 0o077 == 0 }
}
