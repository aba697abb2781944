public import ArgumentParser
import AuroraModel
import Foundation

/// `aurora`: the command line and the daemon in one binary.
public struct AuroraCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "aurora",
        abstract: "Turns your server into the lead node of a private AI mesh, beside what already runs on it.",
        discussion: """
            Example:
              aurora adopt                  find what runs here and keep it, changing nothing
              aurora up                     start the node with what it finds
              aurora chat "Why is the sky blue?"
              aurora status
            """,
        version: AuroraVersion.current,
        subcommands: [
            Adopt.self, Up.self, Status.self, Doctor.self, Chat.self, Mesh.self, ShowServices.self, ShowLogs.self, StartService.self,
            StopService.self, RestartService.self, Token.self, Config.self, Render.self, Init.self,
        ])

    public init() {}

    /// Parses the process's arguments, runs the verb and exits: 0 done, 1 failed, 2 usage or manifest wrong, 3 refused for safety.
    public static func start() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            finish(error)
        }
    }

    private static func finish(_ error: any Error) -> Never {
        if let error = error as? AuroraError {
            Terminal.complain("error: \(error.message)")
            if let hint = error.hint { Terminal.complain("  fix: \(hint)") }
            Foundation.exit(error.exitCode)
        }
        let code = exitCode(for: error).rawValue
        // ArgumentParser prints usage errors itself; its 64 becomes the 2 that operators expect.
        let text = fullMessage(for: error)
        if code == 0 { print(text) } else if !text.isEmpty { Terminal.complain(text) }
        Foundation.exit(code == ExitCode.validationFailure.rawValue ? 2 : code)
    }
}
