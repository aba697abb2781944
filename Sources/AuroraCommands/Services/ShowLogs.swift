import ArgumentParser
import AuroraAPI
import AuroraDialects
import AuroraModel
import AuroraSystem
import Foundation
import HTTPTypes
import NIOCore

struct ShowLogs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Show what a service wrote, or follow it.",
        discussion: """
            Example:
              aurora logs gmail-sync --tail 20
              aurora logs gmail-sync -f
            """)

    @Argument(help: "The service's name, as in 'aurora ps'.")
    var service: String

    @Flag(name: [.customShort("f"), .long], help: "Go on with what is written from now on, until Ctrl-C.")
    var follow = false

    @Option(help: ArgumentHelp("How many of the last lines, 0 to 10000.", valueName: "lines"))
    var tail = 100

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let node = try connection.open()
        let path = "\(ServicePath.of(service))/logs?tail=\(tail)"
        let reply = try await node.stream(.get, follow ? path + "&follow=1" : path)
        follow ? try await show(reply) : try await Self.copy(reply)
    }

    private func show(_ reply: HTTPReply) async throws {
        var parser = SSEParser()
        for try await piece in reply.body {
            for event in try parser.push(piece) where event.event == "log" {
                Terminal.show(LogText.shown(String(buffer: event.data)) + "\n")
            }
        }
        throw AuroraError(
            .unavailable, "the node ended, or closed the connection", hint: "follow again when it is back: aurora logs \(service) -f")
    }

    private static func copy(_ reply: HTTPReply) async throws {
        let text = String(buffer: try await reply.collect(upTo: 64 << 20))
        Terminal.show(LogText.shown(text))
    }
}

/// A log for the place where it is printed.
enum LogText {
    /// On a terminal nothing that a service wrote may command it; elsewhere the text stays as it is.
    static func shown(_ text: String, isTerminal: Bool = isatty(STDOUT_FILENO) == 1) -> String {
        guard isTerminal else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in
                line.split(separator: "\t", omittingEmptySubsequences: false).map { Terminal.oneLine(String($0)) }.joined(separator: "\t")
            }
            .joined(separator: "\n")
    }
}
