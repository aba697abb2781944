public import AuroraModel

/// A machine as it was found: what it is, and what runs on it.
public struct SystemFacts: Sendable, Equatable, Codable {
    public var host = HostFacts()
    public var disks: [DiskFacts] = []
    public var gpus: [GPUReport] = []
    public var network = NetworkFacts()
    /// By port.
    public var listeners: [Listener] = []
    /// By pid; neither threads of the kernel nor what has ended.
    public var processes: [ProcessFacts] = []
    /// Services that run, that hold a port, or that somebody wrote for this machine; by name.
    public var units: [UnitFacts] = []
    /// Timers of systemd, by name.
    public var timers: [UnitFacts] = []
    public var containers: [ContainerFacts] = []
    public var composeProjects: [ComposeProject] = []
    public var unseen: [Unseen] = []

    public init() {}
}

/// The machine itself. Fields are nil where it does not tell.
public struct HostFacts: Sendable, Equatable, Codable {
    public var name: String?
    /// As the distribution calls itself: `Debian GNU/Linux 12 (bookworm)`.
    public var system: String?
    public var kernel: String?
    /// `x86_64`, `aarch64`, …
    public var architecture: String?
    /// Cores that this process may use.
    public var cores: Int?
    /// Of a container with a limit, that limit.
    public var memoryBytes: Int64?
    public var memoryAvailableBytes: Int64?
    public var isRoot = false
    /// Whether systemd runs here, not only whether it is installed.
    public var hasSystemd = false
    public var enclosure: Enclosure?

    public init() {}
}

/// What this machine is itself inside of.
public struct Enclosure: Sendable, Equatable, Codable {
    /// `docker`, `podman`, `kubernetes`, `lxc`, …
    public var kind: String
    /// How that is known.
    public var evidence: String
    /// Its own id, where it shows.
    public var container: String?

    public init(_ kind: String, evidence: String, container: String? = nil) {
        (self.kind, self.evidence, self.container) = (kind, evidence, container)
    }
}

/// A file system on a disk of this machine.
public struct DiskFacts: Sendable, Equatable, Codable {
    public var mountPoint: String
    public var device: String
    /// `ext4`, `zfs`, …
    public var fileSystem: String
    public var sizeBytes: Int64?
    /// What users other than root may still write.
    public var freeBytes: Int64?

    public init(mountPoint: String, device: String, fileSystem: String, sizeBytes: Int64? = nil, freeBytes: Int64? = nil) {
        self.mountPoint = mountPoint
        self.device = device
        self.fileSystem = fileSystem
        self.sizeBytes = sizeBytes
        self.freeBytes = freeBytes
    }
}

/// What `docker compose` started together, as the labels of its containers tell.
public struct ComposeProject: Sendable, Equatable, Codable {
    public var name: String
    /// Absolute paths, in the order in which later ones win.
    public var files: [String]
    public var workingFolder: String?
    /// Absolute path of the file given with `--env-file`.
    public var environmentFile: String?
    public var services: [String]

    public init(
        name: String, files: [String] = [], workingFolder: String? = nil, environmentFile: String? = nil, services: [String] = []
    ) {
        self.name = name
        self.files = files
        self.workingFolder = workingFolder
        self.environmentFile = environmentFile
        self.services = services
    }
}
