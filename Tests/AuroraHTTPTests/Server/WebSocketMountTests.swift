import AuroraModel
import AuroraSystem
import AuroraTestSupport
import HTTPTypes
import Hummingbird
import Testing

@testable import AuroraHTTP

@Suite("A handshake for a WebSocket", .timeLimit(.minutes(1)))
struct WebSocketMountTests {
    /// Says who opened the socket, and closes it.
    private struct Greeter: WebSocketEndpoint {
        func accepts(path: String) -> Bool { path == "/ws/me" }
        func serve(_ socket: any WebSocketConnection, request: HTTPRequest, principal: Principal) async {
            try? await socket.send("hello \(principal.name)")
        }
    }

    private static let secured = Authenticator([
        (hash: TokenHash.hash("phone-token"), principal: Principal(name: "phone", scopes: [.chat])),
        (hash: TokenHash.hash("probe-token"), principal: Principal(name: "probe", scopes: [.read])),
    ])

    /// Head and greeting of an accepted handshake; the whole HTTP answer of a refused one.
    private func shake(
        _ path: String, _ headers: [String] = [], authenticator: Authenticator = Authenticator(), method: String = "GET"
    ) async throws -> String {
        let router = Router(context: NodeContext.self)
        router.add(middleware: NodeMiddleware(authenticator: authenticator))
        let answer = Box("")
        try await TestServer.with(webSocket: WebSocketMount(Greeter(), authenticator: authenticator, scope: .chat), router) {
            server async throws in
            let connection = try await RawConnection.open(port: server.port)
            let lines =
                ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1:\(server.port)", "Connection: Upgrade", "Upgrade: websocket"]
                + ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="] + headers
            try await connection.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
            let head = await connection.read(until: "\r\n\r\n")
            // The greeting may come with the head.
            let opened = head.hasPrefix("HTTP/1.1 101") && !head.contains("hello")
            await answer.set(opened ? head + connection.read(until: "hello") : head)
            // The server has closed it where it refused.
            try? await connection.close()
        }
        return await answer.value
    }

    @Test func isTakenFromEverybodyWithoutTokens() async throws {
        let answer = try await shake("/ws/me")
        #expect(answer.hasPrefix("HTTP/1.1 101 Switching Protocols"))
        #expect(answer.contains("hello anonymous"))
    }

    @Test(arguments: ["Authorization: Bearer phone-token", "X-API-Key: phone-token"]) func mayCarryItsTokenInAHeader(header: String)
        async throws
    {
        #expect(try await shake("/ws/me", [header], authenticator: Self.secured).contains("hello phone"))
    }

    @Test(arguments: ["/ws/me?token=phone-token", "/ws/me?a=b&token=phone-token&c"])
    func mayCarryItsTokenInTheQueryBecauseBrowsersCannotSetHeaders(path: String) async throws {
        #expect(try await shake(path, authenticator: Self.secured).contains("hello phone"))
    }

    @Test(arguments: ["/ws/me", "/ws/me?token=", "/ws/me?token=wrong", "/ws/me?nottoken=phone-token", "/ws/me?"])
    func withoutAKnownTokenIsUnauthorized(path: String) async throws {
        #expect(try await shake(path, authenticator: Self.secured).hasPrefix("HTTP/1.1 401"))
    }

    @Test func needsTheScope() async throws {
        let answer = try await shake("/ws/me", ["X-API-Key: probe-token"], authenticator: Self.secured)
        #expect(answer.hasPrefix("HTTP/1.1 404"))
    }

    @Test func forAnotherPathIsNotFound() async throws {
        #expect(try await shake("/ws/you").hasPrefix("HTTP/1.1 404"))
        #expect(try await shake("/").hasPrefix("HTTP/1.1 404"))
    }

    @Test(arguments: [
        "http://evil.example", "https://127.0.0.1.evil.example", "null", "", "ftp://127.0.0.1", "http://", "chrome-extension://x",
    ])
    func fromAForeignPageIsRefused(origin: String) async throws {
        #expect(try await shake("/ws/me", ["Origin: \(origin)"]).hasPrefix("HTTP/1.1 403"))
    }

    @Test func fromAForeignPageWithATokenIsTaken() async throws {
        let answer = try await shake("/ws/me?token=phone-token", ["Origin: http://evil.example"], authenticator: Self.secured)
        #expect(answer.contains("hello phone"))
    }

    @Test(arguments: ["http://127.0.0.1:8004", "http://localhost:3000", "https://127.0.0.1", "http://[::1]:8004"])
    func fromAPageOfThisMachineIsTaken(origin: String) async throws {
        #expect(try await shake("/ws/me", ["Origin: \(origin)"]).hasPrefix("HTTP/1.1 101"))
    }

    @Test func withAnotherMethodIsAnOrdinaryRequest() async throws {
        #expect(try await shake("/ws/me", ["Content-Length: 0"], method: "POST").hasPrefix("HTTP/1.1 404"))
    }
}

/// A value that a test's closure leaves behind.
private actor Box {
    private(set) var value: String
    init(_ value: String) { self.value = value }
    func set(_ value: String) { self.value = value }
}
