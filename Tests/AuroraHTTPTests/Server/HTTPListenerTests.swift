import AuroraModel
import AuroraSystem
import AuroraTestSupport
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import AuroraHTTP

@Suite("A listener", .timeLimit(.minutes(1)))
struct HTTPListenerTests {
    /// `/` answers at once; `/slow` sends one piece and waits at the gate before the other.
    private func routes(_ gate: Gate) -> Router<NodeContext> {
        let router = Router(context: NodeContext.self)
        router.get("/") { _, _ in "here" }
        router.get("/slow") { _, _ async throws in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    try await writer.write(ByteBuffer(string: "one"))
                    await gate.wait()
                    try await writer.write(ByteBuffer(string: "two"))
                    try await writer.finish(nil)
                })
        }
        return router
    }

    @Test func letsARunningAnswerFinishAndTakesNoMoreConnections() async throws {
        let gate = Gate()
        try await TestServer.with(routes(gate)) { server async throws in
            let reply = try await server.open("/slow")
            var pieces = reply.body.makeAsyncIterator()
            #expect(try await pieces.next().map { String(buffer: $0) } == "one")
            await server.stop()
            #expect(await eventually { (try? await RawConnection.open(port: server.port)) == nil })
            gate.open()
            #expect(try await pieces.next().map { String(buffer: $0) } == "two")
            #expect(try await pieces.next() == nil)
        }
    }

    private struct NoEndpoint: WebSocketEndpoint {
        func accepts(path: String) -> Bool { false }
        func serve(_ socket: any WebSocketConnection, request: HTTPRequest, principal: Principal) async {}
    }

    static let mounts = [nil, WebSocketMount(NoEndpoint(), authenticator: Authenticator(), scope: .chat)]

    @Test(arguments: mounts) func isNotHeldUpByConnectionsThatAreIdleOrHaveNotSpoken(webSocket: WebSocketMount?) async throws {
        try await TestServer.with(webSocket: webSocket, routes(Gate())) { server async throws in
            #expect(try await server.ask("/").body == "here")
            let silent = try await RawConnection.open(port: server.port)
            let half = try await RawConnection.open(port: server.port)
            try await half.send("GET / HT")
            // Accepted in order: once a later connection is answered, those before it are with the server.
            #expect(try await server.ask("/").body == "here")
            await server.stop()
            #expect(await silent.readToEnd() == "")
            #expect(await half.readToEnd().hasPrefix("HTTP/1.1 200") == false)
        }
    }

    @Test func answersRequestsOneAfterAnotherOnOneConnection() async throws {
        try await TestServer.with(routes(Gate())) { server async throws in
            let connection = try await RawConnection.open(port: server.port)
            for _ in 0..<3 {
                try await connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(await connection.read(until: "here").hasPrefix("HTTP/1.1 200 OK"))
            }
            try await connection.close()
        }
    }

    @Test(arguments: [
        "\r\n\r\n\r\n\r\n", "GARBAGE\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nHost x\r\n\r\n", "\0\u{1}\u{2}\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        "GET / HTTP/1.1\r\nX: \(String(repeating: "x", count: 70_000))\r\n\r\n",
    ])
    func survivesWhatIsNotHTTP(bytes: String) async throws {
        try await TestServer.with(limits: HTTPLimits(idle: .milliseconds(200)), routes(Gate())) { server async throws in
            let connection = try await RawConnection.open(port: server.port)
            try? await connection.send(bytes)
            let answer = await connection.readToEnd()
            #expect(!answer.hasPrefix("HTTP/1.1 200"), "\(answer)")
            #expect(try await server.ask("/").body == "here")
        }
    }

    @Test(arguments: mounts) func hangsUpOnAConnectionThatNeverSpeaks(webSocket: WebSocketMount?) async throws {
        try await TestServer.with(limits: HTTPLimits(firstRequest: .milliseconds(50)), webSocket: webSocket, routes(Gate())) {
            server async throws in
            let connection = try await RawConnection.open(port: server.port)
            #expect(await connection.readToEnd() == "")
        }
    }
}
