/// What shall stand and run on this machine, with every value resolved: what the manifest comes to for this node.
public struct Desired: Sendable {
    public var mesh: String
    public var node: String
    /// SHA-256 of the manifest.
    public var manifest: String
    public var folders: [FolderWork] = []
    public var files: [DesiredFile] = []
    /// In the order in which they start.
    public var groups: [DesiredGroup] = []
    /// Ports that groups need, as `PortChooser` chose them before the files were rendered.
    public var ports = PortChoice()
    public var kept: [KeptService] = []

    public init(mesh: String, node: String, manifest: String) { (self.mesh, self.node, self.manifest) = (mesh, node, manifest) }

    /// Every path that the planner has to know about, with the folders above: look at these and put them into `Observed.files`.
    public func paths(with record: Record) -> [String] {
        let own = folders.map(\.path) + files.map(\.work.path) + record.made.values.compactMap(\.step.work.path)
        return Set(own.flatMap { [$0] + PathText.ancestors($0) }).sorted()
    }
}

public struct DesiredFile: Sendable, Equatable {
    public var work: FileWork
    /// What it is, as in "the configuration of redis".
    public var purpose: String
    /// Whether a file that Aurora did not make may be replaced. Its bytes are in the backup and come back with undo.
    public var mayReplace: Bool

    public init(_ work: FileWork, purpose: String, mayReplace: Bool = false) {
        (self.work, self.purpose, self.mayReplace) = (work, purpose, mayReplace)
    }
}

/// What starts and ends as one: a service of the process runtime, a compose project, a set of units, the node.
public struct DesiredGroup: Sendable, Equatable {
    /// `service:redis`, `node`.
    public var key: String
    /// As in "the service redis".
    public var title: String
    public var activity: Activity
    /// Digest of all that it is made from beside its files; another one means that it has to start again.
    public var revision: String
    /// Paths of desired files that it reads when it starts.
    public var files: [String]
    public var touches: Touches
    /// Estimated time of its start.
    public var seconds: Double

    public init(
        key: String, title: String, activity: Activity, revision: String, files: [String] = [], touches: Touches = Touches(),
        seconds: Double = 5
    ) {
        self.key = key
        self.title = title
        self.activity = activity
        self.revision = revision
        self.files = files
        self.touches = touches
        self.seconds = seconds
    }
}

/// What ran before Aurora and must not be disturbed.
public struct KeptService: Sendable, Equatable {
    public var name: String
    public var ports: [PortKey]
    /// Its configuration, file by file.
    public var files: [String]
    /// Folders in which nothing may be changed.
    public var folders: [String]
    public var containers: [String]
    public var units: [String]

    public init(
        name: String, ports: [PortKey] = [], files: [String] = [], folders: [String] = [], containers: [String] = [], units: [String] = []
    ) {
        self.name = name
        self.ports = ports
        self.files = files
        self.folders = folders
        self.containers = containers
        self.units = units
    }
}
