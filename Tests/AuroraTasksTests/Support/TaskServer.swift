import AuroraDialects
import AuroraHTTP
import AuroraModel
import AuroraSystem
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import AuroraTasks

/// The task API on a free port of this machine, behind the node's own middleware.
func withTaskServer<Value: Sendable>(
    _ tasks: RunningTasks, tokens: [(hash: String, principal: Principal)] = [], _ body: (TaskClient) async throws -> Value
) async throws -> Value {
    let router = Router(context: NodeContext.self)
    router.add(middleware: NodeMiddleware(authenticator: Authenticator(tokens)))
    TaskRoutes(service: tasks.service).add(to: router)
    let (ports, port) = AsyncStream<Int>.makeStream()
    let app = Application(
        router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) }, logger: quiet)
    return try await tasks.running {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await app.run() }
            let number = try #require(await ports.first { _ in true })
            let value = try await body(TaskClient(base: "http://127.0.0.1:\(number)", http: try NodeHTTPClient.standalone()))
            group.cancelAll()
            return value
        }
    }
}

/// Calls the task API as a program would.
struct TaskClient: Sendable {
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPFields
        let text: String

        var json: JSON { (try? JSON(parsing: text)) ?? .null }
        var error: JSON? { json["error"] }
    }

    let base: String
    let http: NodeHTTPClient

    func open(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, headers: HTTPFields = [:]) async throws -> HTTPReply {
        try await http.call(
            HTTPCall(
                method, base + path, headers: headers, body: body.map { ByteBuffer(string: $0) }, headTimeout: .seconds(20),
                idleTimeout: .seconds(20)))
    }

    func call(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, headers: HTTPFields = [:]) async throws -> Answer {
        let reply = try await open(method, path, body, headers: headers)
        return Answer(status: reply.status, headers: reply.headers, text: String(buffer: try await reply.collect(upTo: 1 << 26)))
    }

    func submit(_ body: String, headers: HTTPFields = [:]) async throws -> Answer {
        try await call(.post, "/tasks/submit", body, headers: headers)
    }
}
