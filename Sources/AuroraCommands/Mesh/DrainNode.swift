import ArgumentParser
import AuroraAPI
import AuroraModel
import Foundation

struct DrainNode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: "Send a node no new requests; what runs there goes on. Holds over restarts.",
        discussion: """
            The node is told, and tells all others. While it cannot be reached, only the node that was asked sends it nothing more.

            Example:
              aurora mesh drain vengeance --yes
            """)

    @Argument(help: "The node's name.")
    var node: String

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let connection = try connection.open()
        let view = try await connection.get(MeshView.self, "/api/mesh")
        if let found = view.nodes.first(where: { $0.name == node }) {
            try Confirmation.ask(Self.question(found), yes: yes)
        }
        let answer = try await connection.post(DrainAnswer.self, "/api/mesh/drain", DrainRequest(node: node, drain: true))
        try output.show(answer, text: Self.text(answer))
    }

    static func question(_ node: MeshNode) -> String {
        let running = node.inFlight == 1 ? "1 request runs" : "\(node.inFlight) requests run"
        return "'\(node.name)' will take no new requests; \(running) there and will end as usual"
    }

    static func text(_ answer: DrainAnswer) -> String {
        answer.draining && answer.inFlight > 0 ? "\(answer.message) (\(answer.inFlight) in flight)" : answer.message
    }
}

struct UndrainNode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undrain", abstract: "Send a drained node requests again.",
        discussion: """
            Example:
              aurora mesh undrain vengeance
            """)

    @Argument(help: "The node's name.")
    var node: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let answer = try await connection.open().post(DrainAnswer.self, "/api/mesh/drain", DrainRequest(node: node, drain: false))
        try output.show(answer, text: DrainNode.text(answer))
    }
}
