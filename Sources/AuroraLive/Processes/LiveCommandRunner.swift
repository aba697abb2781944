import AuroraModel
public import AuroraSystem

/// Runs commands as children of this process, each in a session of its own, so that nothing of one is left behind.
public struct LiveCommandRunner: CommandRunner {
    private let environment: [String: String]
    private let clock: any Clock<Duration>

    /// - Parameter environment: of this process; of it a command sees what `ChildEnvironment.minimal` lets through.
    public init(environment: [String: String], clock: any Clock<Duration> = ContinuousClock()) {
        self.environment = environment
        self.clock = clock
    }

    public func run(_ call: CommandCall, onLine: @escaping @Sendable (String) -> Void) async throws -> CommandEnd {
        let spec = ProcessSpec(
            executable: call.program, arguments: call.arguments,
            environment: ChildEnvironment.minimal(from: environment, adding: call.environment), workingDirectory: call.folder)
        let result = try await Command.run(spec, limit: call.limit, clock: clock, onLine: onLine)
        let code: Int32? = if case .exited(let code) = result.ending { code } else { nil }
        return CommandEnd(exitCode: code, sentence: result.ending.sentence, output: result.output)
    }
}
