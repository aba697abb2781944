/// A command to run: what, with which arguments and in which environment.
public struct ProcessSpec: Sendable, Equatable {
    /// Path of the program, or a name that is looked up in `PATH`.
    public let executable: String
    public let arguments: [String]
    /// The whole environment of the child; nothing else is inherited.
    public let environment: [String: String]
    public let workingDirectory: String?

    public init(executable: String, arguments: [String] = [], environment: [String: String], workingDirectory: String? = nil) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
    }
}

/// What a child may see of our own environment.
public enum ChildEnvironment {
    private static let names: Set<String> = [
        "PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
    ]

    /// What a program needs to start and to reach the network: no password or token of the node gets into it.
    public static func minimal(from environment: [String: String], adding extra: [String: String] = [:]) -> [String: String] {
        environment.filter { names.contains($0.key) || $0.key.hasPrefix("PIP_") }.merging(extra) { _, new in new }
    }
}
