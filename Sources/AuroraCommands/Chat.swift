import ArgumentParser
import AuroraDialects
import AuroraModel
import AuroraSystem
import Foundation
import NIOCore

struct Chat: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Chat with a model through the running node; the answer streams.",
        discussion: """
            Without a message it reads one line after another from the terminal, in one conversation. Ctrl-C or an empty line ends it.

            Example:
              aurora chat "Why is the sky blue?"
              aurora chat --personality coder --model smollm2:135m
            """)

    @Argument(help: "What to say; else lines are read from the terminal.")
    var message: String?

    @Option(help: ArgumentHelp("The model; else the personality's, else the first that is ready.", valueName: "model"))
    var model: String?

    @Option(help: ArgumentHelp("Who answers.", valueName: "name"))
    var personality: String?

    @Option(help: ArgumentHelp("Go on with this conversation.", valueName: "id"))
    var conversation: String?

    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let node = try NodeConnection(stateFolder: try state.folder())
        var current = conversation
        if let message {
            _ = try await say(message, in: current, to: node)
            return
        }
        while let line = ask(), !line.isEmpty { current = try await say(line, in: current, to: node) }
    }

    private func ask() -> String? {
        if Terminal.isInteractive { Terminal.show(Terminal.styled("you> ", .bold)) }
        return readLine()
    }

    /// Streams one answer and returns the conversation it belongs to.
    private func say(_ message: String, in conversation: String?, to node: NodeConnection) async throws -> String? {
        let turn = ChatTurnRequest(
            message: message, personality: personality, conversationID: conversation, clientID: "cli", model: model, stream: true)
        let reply = try await node.open("/api/chat", turn)
        var parser = SSEParser()
        var last: String?
        for try await piece in reply.body {
            for event in try parser.push(piece) { last = try show(event.event ?? "", String(buffer: event.data)) ?? last }
        }
        guard let last else { throw AuroraError(.failed, "the answer ended in the middle", hint: "'aurora status' shows the engines") }
        return last
    }

    /// Shows what an event says; the final one names the conversation.
    private func show(_ event: String, _ data: String) throws -> String? {
        switch event {
        case "content":
            let text = try JSON(parsing: data)["content"]?.string ?? ""
            if !output.json { Terminal.show(text) }
        case "done":
            let id = try JSON(parsing: data)["conversation_id"]?.string
            Terminal.show(output.json ? data + "\n" : "\n")
            return id
        case "error":
            let error = try JSON(parsing: data)["error"]
            if !output.json { Terminal.show("\n") }
            throw AuroraError(.failed, error?["message"]?.string ?? data, hint: error?["hint"]?.string)
        default:
            break
        }
        return nil
    }
}

/// `POST /api/chat`, as the CLI sends it.
private struct ChatTurnRequest: Encodable {
    let message: String
    let personality: String?
    let conversationID: String?
    let clientID: String
    let model: String?
    let stream: Bool

    enum CodingKeys: String, CodingKey {
        case message, personality, model, stream
        case conversationID = "conversation_id"
        case clientID = "client_id"
    }
}
