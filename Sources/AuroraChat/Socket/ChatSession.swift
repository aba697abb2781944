import AuroraDialects
import AuroraHTTP
import AuroraModel
import AuroraSystem

/// One connection: the answers it follows and the conversation it is in.
actor ChatSession {
    private let service: ChatService
    private let socket: any WebSocketConnection
    private let clientID: String
    /// Where messages without a `conversation_id` go.
    private var conversationID: String?
    /// Conversations by the answers that are followed.
    private var followed: [String: String] = [:]

    init(service: ChatService, socket: any WebSocketConnection, clientID: String) {
        self.service = service
        self.socket = socket
        self.clientID = clientID
    }

    /// Does what the message says; returns the answer to relay when there is one.
    func take(_ text: String) async -> AnswerHandle? {
        var place: String?
        do {
            switch try SocketRequest(parsing: text, clientID: clientID) {
            case .ping: await send("pong", [:])
            case .stop(let conversationID): await stop(conversationID)
            case .chat(let turn):
                place = turn.conversationID ?? conversationID
                return try await chat(turn)
            }
        } catch {
            await report(error, in: place)
        }
        return nil
    }

    private func chat(_ turn: ChatTurn) async throws -> AnswerHandle {
        guard followed.count < service.limits.answersPerSocket else {
            throw AuroraError(.overloaded, "this connection follows \(followed.count) answers", hint: "wait for one of them, or stop it")
        }
        var turn = turn
        if turn.conversationID == nil { turn.conversationID = try await current() }
        let handle = try await service.send(turn)
        conversationID = handle.conversationID
        followed[handle.answerID] = handle.conversationID
        return handle
    }

    /// Nil at first, and after the conversation was deleted by somebody else.
    private func current() async throws -> String? {
        guard let conversationID else { return nil }
        return try await service.store.conversation(conversationID)?.id
    }

    private func stop(_ conversationID: String?) async {
        for (answer, conversation) in followed where conversationID == nil || conversation == conversationID {
            await service.stop(answer: answer)
        }
    }

    /// Sends the answer as it grows, until it ends or the connection does.
    func relay(_ handle: AnswerHandle) async {
        for await event in handle.events { await relay(event, of: handle) }
        followed[handle.answerID] = nil
    }

    private func relay(_ event: AnswerEvent, of handle: AnswerHandle) async {
        switch event {
        case .thinking: await send("thinking", ChatReplies.place(handle))
        case .started: return
        case .text(let piece, _):
            var message = ChatReplies.place(handle)
            message.append("content", .string(piece))
            await send("content", message)
        case .done(let answer):
            // Before the page can react to the end, so that it never meets the limit because of an answer it has seen end.
            followed[handle.answerID] = nil
            await send("done", ChatReplies.reply(answer, handle))
        case .failed(let error):
            followed[handle.answerID] = nil
            await report(error, in: handle.conversationID)
        }
    }

    func report(_ error: any Error, in conversationID: String?) async {
        let known = error as? AuroraError ?? AuroraError(.failed, "the message could not be handled: \(error)")
        var message = ChatReplies.error(known)
        if let conversationID { message.append("conversation_id", .string(conversationID)) }
        await send("error", message)
    }

    /// A peer that is gone ends `messages`, and with it the connection; there is nothing else to do about it here.
    private func send(_ type: String, _ fields: JSONObject) async {
        var message: JSONObject = ["type": .string(type)]
        for field in fields.members { message.append(field.key, field.value) }
        try? await socket.send(JSON.object(message).text)
    }
}
