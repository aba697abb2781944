import ArgumentParser
import AuroraAPI
import AuroraModel
import Foundation

struct StartService: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start a service that is stopped, has ended or failed; at once.",
        discussion: """
            It still waits for the services that it depends on.

            Example:
              aurora start gmail-sync
            """)

    @OptionGroup var call: ServiceCall

    func run() async throws { try await call.run("start") }
}

struct StopService: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop a service; it stays stopped until it is started.",
        discussion: """
            It is asked to end, and killed when its grace is over, with everything that it started. It stays stopped over restarts of the
            node, too, unless its policy is 'restart: always'. What is kept is never stopped.

            Example:
              aurora stop gmail-sync
            """)

    @OptionGroup var call: ServiceCall

    func run() async throws { try await call.run("stop") }
}

struct RestartService: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Stop a service and start it again.",
        discussion: """
            Example:
              aurora restart gmail-sync
            """)

    @OptionGroup var call: ServiceCall

    func run() async throws { try await call.run("restart") }
}

/// A verb for one service.
struct ServiceCall: ParsableArguments {
    /// The node waits this long at most for what it was asked for.
    private static let patience = Duration.seconds(90)

    @Argument(help: "The service's name, as in 'aurora ps'.")
    var service: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    /// Fails when the service is not what it was to become.
    func run(_ verb: String) async throws {
        let path = "\(ServicePath.of(service))/\(verb)"
        let view = try await connection.open().post(ServiceView.self, path, [String: String](), patience: Self.patience)
        try output.show(view, text: ServiceTable.line(view))
        if !Self.isDone(verb, view.state) { throw ExitCode(1) }
    }

    static func isDone(_ verb: String, _ state: String) -> Bool {
        verb == "stop" ? state == "stopped" : ["running", "completed", "waiting"].contains(state)
    }
}

enum ServicePath {
    static func of(_ name: String) -> String {
        "/services/" + (name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? name)
    }
}
