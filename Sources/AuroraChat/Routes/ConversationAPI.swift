import AuroraDialects
import AuroraHTTP
import AuroraModel
import AuroraSystem
import HTTPTypes
import Hummingbird

/// Conversations, their messages, and answers that are still growing.
struct ConversationAPI: Sendable {
    let service: ChatService

    private static let bodyLimit = 64 * 1024
    private static let messagesOfOne = 50

    var endpoints: [Endpoint] {
        let one = "/api/conversations/{id}"
        return [
            Endpoint(
                path: "/api/conversations",
                actions: [
                    .init(method: .get, access: .reading, handler: list), .init(method: .post, access: .chat, handler: create),
                ]),
            Endpoint(
                path: one,
                actions: [
                    .init(method: .get, access: .reading, handler: show), .init(method: .patch, access: .chat, handler: change),
                    .init(method: .delete, access: .chat, handler: delete),
                ]),
            Endpoint(path: "\(one)/messages", actions: [.init(method: .get, access: .reading, handler: messages)]),
            Endpoint(path: "\(one)/messages/{message}/stream", actions: [.init(method: .get, access: .reading, handler: resume)]),
            Endpoint(path: "\(one)/stop", actions: [.init(method: .post, access: .chat, handler: stop)]),
        ]
    }

    @Sendable private func list(_ request: Request, _ context: NodeContext) async throws -> Response {
        let query = request.query
        let page = try await service.conversations(
            matching: ConversationQuery(
                clientID: query["client_id"], search: query["q"], before: query["before"],
                limit: try query.whole("limit", in: 1...200, default: 50)))
        return .json(["conversations": .array(page.items.map { .object(ChatReplies.conversation($0)) }), "next": JSON(page.next)])
    }

    @Sendable private func create(_ request: Request, _ context: NodeContext) async throws -> Response {
        let fields = try await request.fields(upTo: Self.bodyLimit)
        let conversation = try await service.createConversation(
            title: try fields.text("title"), personality: try fields.text("personality"), clientID: try fields.text("client_id"))
        var response = Response.json(.object(ChatReplies.conversation(conversation)), status: .created)
        response.headers[.location] = "/api/conversations/\(conversation.id)"
        return response
    }

    @Sendable private func show(_ request: Request, _ context: NodeContext) async throws -> Response {
        let id = context.part("id")
        var reply = ChatReplies.conversation(try await service.conversation(id))
        let messages = try await service.lastMessages(of: id, limit: Self.messagesOfOne)
        reply.append("messages", .array(messages.map(ChatReplies.message)))
        return .json(.object(reply))
    }

    @Sendable private func change(_ request: Request, _ context: NodeContext) async throws -> Response {
        let fields = try await request.fields(upTo: Self.bodyLimit)
        let (title, personality) = (try fields.text("title"), try fields.text("personality"))
        guard title != nil || personality != nil else {
            throw AuroraError(.invalid, "the body changes nothing", hint: "send 'title' or 'personality'")
        }
        let changed = try await service.changeConversation(context.part("id"), title: title, personality: personality)
        return .json(.object(ChatReplies.conversation(changed)))
    }

    @Sendable private func delete(_ request: Request, _ context: NodeContext) async throws -> Response {
        try await service.deleteConversation(context.part("id"))
        return Response(status: .noContent)
    }

    @Sendable private func messages(_ request: Request, _ context: NodeContext) async throws -> Response {
        let query = request.query
        let page = try await service.messages(
            of: context.part("id"), after: try query.whole("after", in: 0...Int64.max, default: 0),
            limit: try query.whole("limit", in: 1...200, default: 50))
        return .json(["messages": .array(page.items.map(ChatReplies.message)), "next": JSON(page.next)])
    }

    @Sendable private func stop(_ request: Request, _ context: NodeContext) async throws -> Response {
        let id = context.part("id")
        let stopped = await service.stop(conversation: id)
        if stopped == nil { _ = try await service.conversation(id) }
        return .json(["stopped": .bool(stopped != nil), "message_id": JSON(stopped)])
    }

    /// Goes on where the client was cut off. 204 tells a browser that has everything not to come again.
    @Sendable private func resume(_ request: Request, _ context: NodeContext) async throws -> Response {
        let seen = HTTPField.Name("Last-Event-ID").flatMap { request.headers[$0] } ?? "0"
        guard seen != AnswerStream.endID else { return Response(status: .noContent) }
        guard let offset = Int(seen), offset >= 0 else {
            throw AuroraError(
                .invalid, "header 'Last-Event-ID' is '\(seen.shortened)'", hint: "send the 'id' of the last event, or leave it out")
        }
        let handle = try await service.answer(context.part("message"), in: context.part("id"), from: offset)
        return AnswerStream(handle: handle, keepAlive: service.limits.keepAlive, clock: service.clock).response
    }
}
