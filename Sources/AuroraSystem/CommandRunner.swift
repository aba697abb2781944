/// A command to run to its end. Nothing of it passes through a shell.
public struct CommandCall: Sendable, Equatable {
    /// A path, or a name that is looked up in `PATH`.
    public var program: String
    public var arguments: [String]
    /// What it sees beside the little that every program needs.
    public var environment: [String: String]
    public var folder: String?
    /// After this it is ended, with everything it started.
    public var limit: Duration

    public init(program: String, arguments: [String] = [], environment: [String: String] = [:], folder: String? = nil, limit: Duration) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.folder = folder
        self.limit = limit
    }
}

/// How a command ended.
public struct CommandEnd: Sendable, Equatable {
    /// Nil when a signal ended it.
    public let exitCode: Int32?
    /// Completes "the command …".
    public let sentence: String
    /// The tail of standard output and error together.
    public let output: String

    public init(exitCode: Int32?, sentence: String, output: String) {
        self.exitCode = exitCode
        self.sentence = sentence
        self.output = output
    }
}

/// Runs commands on this machine.
public protocol CommandRunner: Sendable {
    /// Returns when the command has ended; cancelling ends it at once, with everything it started.
    ///
    /// Throws `AuroraError`: `notFound` when there is no such program, `timedOut`.
    func run(_ call: CommandCall, onLine: @escaping @Sendable (String) -> Void) async throws -> CommandEnd
}
