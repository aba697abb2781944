public import AuroraSystem

/// What to look at.
public struct DoctorSettings: Sendable {
    /// A port that the node wants, by what it is for.
    public struct Port: Sendable, Equatable {
        public let name: String
        public let port: Int

        public init(name: String, port: Int) {
            self.name = name
            self.port = port
        }
    }

    public var stateFolder: String
    /// Ports with number 0 are any free port and not looked at.
    public var ports: [Port]
    /// Base URL of Ollama.
    public var ollamaURL: String
    /// Whether the node may install its own small engine when it finds none.
    public var localEngine: Bool
    public var python: String
    public var http: any HTTPCalling

    public init(
        stateFolder: String, ports: [Port], ollamaURL: String = "http://127.0.0.1:11434", localEngine: Bool = true,
        python: String = "python3", http: any HTTPCalling
    ) {
        self.stateFolder = stateFolder
        self.ports = ports
        self.ollamaURL = ollamaURL
        self.localEngine = localEngine
        self.python = python
        self.http = http
    }
}
