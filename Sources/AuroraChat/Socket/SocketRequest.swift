import AuroraDialects
import AuroraModel
import NIOCore

/// What a page says over a WebSocket.
enum SocketRequest: Sendable, Equatable {
    case chat(ChatTurn)
    case ping
    /// Nil: every answer that this connection follows.
    case stop(conversationID: String?)

    init(parsing text: String, clientID: String) throws {
        let fields = try Fields(parsing: ByteBuffer(string: text), what: "the message")
        switch try fields.requiredText("type") {
        case "chat":
            var turn = try ChatTurn(fields)
            turn.clientID = turn.clientID ?? clientID
            self = .chat(turn)
        case "ping": self = .ping
        case "stop": self = .stop(conversationID: try fields.text("conversation_id"))
        case let type:
            throw AuroraError(.invalid, "field 'type' is '\(type.shortened)'", hint: "use 'chat', 'stop' or 'ping'")
        }
    }
}
