import ArgumentParser
import AuroraAPI
import AuroraModel
import Foundation

struct ShowServices: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ps", abstract: "List the services that the node runs.",
        discussion: """
            What is kept is not listed here: Aurora does not run it.

            Example:
              aurora ps
              aurora ps --json | jq '.services[] | select(.state != "running")'
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let list = try await connection.open().get(ServiceList.self, "/services")
        try output.show(list, text: ServiceTable.text(list.services, now: Date()))
    }
}
