public import AuroraModel

/// What a rendering is made for: the mesh, the node, and where things lie on its machine.
public struct RenderContext: Sendable {
    public var mesh: String
    public var node: String
    /// The file that the services stand in, as the first line of what is rendered names it.
    public var source: String
    /// Absolute path of the node's state folder; data and settings of processes lie under it.
    public var stateFolder: String
    /// Absolute path of the folder that rendered files are written into; units refer to files there.
    public var folder: String
    /// Addresses of the machine that services are reached at when their ports name none.
    public var addresses: [String]
    /// Where the node's own `/metrics` is.
    public var consolePort: Int
    /// Programs found on this machine, by name; what is missing is taken from where Debian has it.
    public var programs: [String: String]
    /// What every process gets before its own variables.
    public var environment: [EnvironmentVariable]

    public init(
        mesh: String, node: String, source: String, stateFolder: String, folder: String, addresses: [String] = ["127.0.0.1"],
        consolePort: Int = 8004, programs: [String: String] = [:],
        environment: [EnvironmentVariable] = [EnvironmentVariable("PATH", RenderContext.usualPath)]
    ) {
        (self.mesh, self.node, self.source, self.stateFolder, self.folder) = (mesh, node, source, stateFolder, folder)
        (self.addresses, self.consolePort, self.programs, self.environment) = (addresses, consolePort, programs, environment)
    }

    public static let usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The lines at the head of every file.
    func head(_ what: String) -> String {
        "# \(what), made by Aurora from \(source.onOneLine) for the mesh '\(mesh)'.\n# Changes made here are lost: change \(source.onOneLine) and render again.\n"
    }

    /// What the network and the objects of the container engine are called.
    static let network = "aurora-mesh"
    static func container(_ service: String) -> String { "aurora-\(service)" }

    /// Where a service's own folders lie when it runs as a process.
    func home(of service: String) -> String { "\(stateFolder)/services/\(service)" }
}

/// What came of rendering: files relative to one folder, and what people should know about them.
public struct Rendering: Sendable, Equatable {
    public var files: [PlannedFile]
    public var notes: [String]

    public init(files: [PlannedFile] = [], notes: [String] = []) { (self.files, self.notes) = (files, notes) }
}

extension String {
    /// Without control characters, so that it can stand in a comment.
    var onOneLine: String { String(String.UnicodeScalarView(unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 })) }
}
