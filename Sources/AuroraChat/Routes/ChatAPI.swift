import AuroraDialects
import AuroraHTTP
import AuroraModel
import Hummingbird

/// Messages in, answers out: `/api/chat`, and the lists of who and what can answer.
struct ChatAPI: Sendable {
    let service: ChatService

    var endpoints: [Endpoint] {
        [
            Endpoint(path: "/api/chat", actions: [.init(method: .post, access: .chat, handler: chat)]),
            Endpoint(path: "/api/personalities", actions: [.init(method: .get, access: .reading, handler: personalities)]),
            Endpoint(path: "/api/models", actions: [.init(method: .get, access: .reading, handler: models)]),
        ]
    }

    /// The largest body: a message in which each character is escaped, and room for the other fields.
    var bodyLimit: Int { service.limits.messageBytes * 6 + 64 * 1024 }

    @Sendable private func chat(_ request: Request, _ context: NodeContext) async throws -> Response {
        let fields = try await request.fields(upTo: bodyLimit)
        let stream = try fields.flag("stream") ?? false
        var turn = try ChatTurn(fields)
        turn.traceparent = request.traceparent
        let handle = try await service.send(turn)
        guard stream else { return .json(.object(ChatReplies.reply(try await handle.finished(), handle))) }
        return AnswerStream(handle: handle, keepAlive: service.limits.keepAlive, clock: service.clock).response
    }

    @Sendable private func personalities(_ request: Request, _ context: NodeContext) async throws -> Response {
        let standard = try service.personalities.defaultPersonality().id
        let list = service.personalities.all.map { ChatReplies.personality($0, isDefault: $0.id == standard) }
        return .json(["personalities": .array(list), "findings": .array(service.personalities.findings.map { .string("\($0)") })])
    }

    @Sendable private func models(_ request: Request, _ context: NodeContext) async throws -> Response {
        .json(["models": .array(try await service.models().map { ["id": .string($0)] })])
    }
}

extension ChatTurn {
    /// The fields that HTTP and WebSocket share.
    init(_ fields: Fields) throws {
        self.init(
            message: try fields.requiredText("message"), personality: try fields.text("personality"),
            conversationID: try fields.text("conversation_id"), clientID: try fields.text("client_id"), model: try fields.text("model"))
    }
}

extension AnswerHandle {
    /// Waits for the end of the answer; throws what it failed with.
    func finished() async throws -> FinishedAnswer {
        for await event in events {
            switch event {
            case .done(let answer): return answer
            case .failed(let error): throw error
            case .thinking, .started, .text: continue
            }
        }
        throw AuroraError(.unavailable, "this node is stopping", hint: "the answer will be in the conversation")
    }
}
