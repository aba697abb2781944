import AuroraChat
import AuroraDialects
import AuroraHTTP
import AuroraModel
import AuroraSystem
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import Testing

/// The chat API on a free port of this machine, with a small stand-in for the node's middleware.
func withChatServer<Value: Sendable>(
    _ chat: RunningChat, gateway: any HTTPCalling = FakeGateway(), token: Secret? = nil,
    _ body: (TestClient) async throws -> Value
) async throws -> Value {
    let router = Router(context: NodeContext.self)
    router.add(middleware: StandInMiddleware())
    addChatRoutes(to: router, service: chat.service, gateway: GatewayAddress(url: "http://gateway", http: gateway, token: token))
    let (ports, port) = AsyncStream<Int>.makeStream()
    let app = Application(
        router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) }, logger: quiet)
    return try await chat.running {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await app.run() }
            let number = try #require(await ports.first { _ in true })
            let value = try await body(TestClient(port: number))
            group.cancelAll()
            return value
        }
    }
}

/// Names the caller from a header, and turns errors into answers.
struct StandInMiddleware: RouterMiddleware {
    typealias Context = NodeContext

    func handle(
        _ request: Request, context: NodeContext, next: (Request, NodeContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let name = HTTPField.Name("X-Test-Scope"), let scope = request.headers[name].flatMap(Scope.init(rawValue:)) {
            context.principal = Principal(name: "tester", scopes: [scope])
        }
        context.requestID = "r-1"
        do {
            return try await next(request, context)
        } catch let error as AuroraError {
            let body: JSON = ["error": ["code": .string(error.code.rawValue), "message": .string(error.message)]]
            return Response(status: .init(code: error.httpStatus), body: ResponseBody(byteBuffer: body.bytes))
        }
    }
}

/// Stands where the gateway is: keeps what it was asked and answers what it is told.
final class FakeGateway: HTTPCalling {
    private struct State {
        var calls: [HTTPCall] = []
        var given = 0
    }

    private let state = Mutex(State())
    private let answer: @Sendable () async throws -> HTTPReply

    init(_ answer: @escaping @Sendable () async throws -> HTTPReply = { throw AuroraError(.unavailable, "no gateway") }) {
        self.answer = answer
    }

    convenience init(status: Int = 200, type: String = "application/json", _ pieces: String...) {
        self.init {
            let (body, writer) = AsyncThrowingStream<ByteBuffer, any Error>.makeStream()
            for piece in pieces { writer.yield(ByteBuffer(string: piece)) }
            writer.finish()
            return HTTPReply(status: status, headers: [.contentType: type], body: body)
        }
    }

    var calls: [HTTPCall] { state.withLock { $0.calls } }
    /// Calls that were given up before they were answered.
    var abandoned: Int { state.withLock { $0.given } }

    func call(_ call: HTTPCall) async throws -> HTTPReply {
        state.withLock { $0.calls.append(call) }
        let reply = try await answer()
        if Task.isCancelled {
            state.withLock { $0.given += 1 }
            throw CancellationError()
        }
        return reply
    }
}
