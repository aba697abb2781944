public import AuroraConfig
public import AuroraMesh
import AuroraModel

/// What one node daemon is started with.
public struct NodeSettings: Sendable {
    public var manifest: Manifest
    /// Folder for the database, the unix socket, logs and the local engine.
    public var stateFolder: String
    /// For `OLLAMA_HOST` and proxies of the package installer.
    public var environment: [String: String]
    /// Coordinators that the node joins by dialling out.
    public var joins: [JoinTarget]

    public init(manifest: Manifest, stateFolder: String, environment: [String: String], joins: [JoinTarget] = []) {
        self.manifest = manifest
        self.stateFolder = stateFolder
        self.environment = environment
        self.joins = joins
    }
}

/// Where a running node is reached.
public struct NodeAddresses: Sendable, Equatable {
    public let gateway: String
    public let chat: String
    public let console: String
    /// Path of the unix socket, for the CLI.
    public let socket: String
}
