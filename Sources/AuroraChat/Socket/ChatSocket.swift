public import AuroraHTTP
public import AuroraModel
import Foundation
public import HTTPTypes

/// The chat over a WebSocket at `/ws/{client_id}`: one JSON object a message, in both directions.
public struct ChatSocket: WebSocketEndpoint {
    private let service: ChatService

    public init(service: ChatService) {
        self.service = service
    }

    public func accepts(path: String) -> Bool { Self.clientID(in: path) != nil }

    /// Answers go on when the connection ends; their conversation has them.
    public func serve(_ socket: any WebSocketConnection, request: HTTPRequest, principal: Principal) async {
        let path = (request.path ?? "").prefix { $0 != "?" }
        let session = ChatSession(service: service, socket: socket, clientID: Self.clientID(in: String(path)) ?? "")
        do {
            try Access.chat.check(principal)
        } catch {
            await session.report(error, in: nil)
            return await socket.close(code: 1008, reason: "not allowed to chat")
        }
        await withDiscardingTaskGroup { group in
            for await text in socket.messages {
                guard let answer = await session.take(text) else { continue }
                group.addTask { await session.relay(answer) }
            }
            group.cancelAll()
        }
    }

    /// One part of a path, decoded; nil when there is none, or more than one.
    private static func clientID(in path: String) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].isEmpty, parts[1] == "ws", !parts[2].isEmpty, parts[2].utf8.count <= 384 else { return nil }
        return parts[2].removingPercentEncoding ?? String(parts[2])
    }
}
