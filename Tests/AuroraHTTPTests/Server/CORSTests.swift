import AuroraModel
import HTTPTypes
import Hummingbird
import Testing

@testable import AuroraHTTP

@Suite("Pages that may call")
struct CORSTests {
    @Test(arguments: [
        "http://localhost", "http://localhost:3000", "https://127.0.0.1:8443", "http://[::1]:1234", "http://0.0.0.0:80",
        "http://app.localhost",
        "app://obsidian.md", "file://", "tauri://localhost", "vscode-webview://abc123", "vscode-file://vscode-app", "http://node:3000",
    ])
    func pagesOfThisMachineAndOfPrograms(_ origin: String) { #expect(CORS().allows(origin: origin, host: "node:8001")) }

    @Test(arguments: [
        "https://evil.example.com", "null", "", "http://localhost.evil.com", "http://evil.com/localhost", "http://0.0.0.0.evil.com",
        "chrome-extension://abc", "http://", "localhost", "app:/x", "https://evil.com?http://localhost",
    ])
    func othersMayNot(_ origin: String) { #expect(!CORS().allows(origin: origin, host: "node:8001")) }

    @Test func whatIsNamedMayToo() {
        let cors = CORS(origins: ["https://chat.example.com", "https://*.intern.example", "http://10.0.0.5:*", "nonsense", "https://a/*/b"])
        for origin in ["https://chat.example.com", "HTTPS://Chat.Example.Com", "https://a.b.intern.example", "http://10.0.0.5:81"] {
            #expect(cors.allows(origin: origin, host: nil))
        }
        for origin in [
            "http://chat.example.com", "https://intern.example", "https://evil.com/.intern.example", "https://chat.example.com:1",
        ] {
            #expect(!cors.allows(origin: origin, host: nil))
        }
        #expect(CORS(origins: ["*"]).allowsAll)
        #expect(CORS.origins(ofVariable: " https://a, ,http://b:*,") == ["https://a", "http://b:*"])
        #expect(CORS.origins(ofVariable: nil) == [])
    }

    @Test func browsersAreToldBeforeTheCallWithoutAToken() async throws {
        let secured = Authenticator([(hash: "x", principal: Principal(name: "t", scopes: [.admin]))])
        try await TestServer.with(Self.routes(secured, CORS(origins: ["https://chat.example.com"]))) { server async throws in
            let asked = try await server.ask(
                .options, "/thing",
                headers: [
                    .origin: "https://chat.example.com", .accessControlRequestMethod: "POST",
                    .accessControlRequestHeaders: "content-type, x-stainless-os, x-aurora-node, x-evil",
                ])
            #expect(asked.status == 204)
            #expect(asked.headers[.accessControlAllowOrigin] == "https://chat.example.com")
            #expect(asked.headers[.accessControlAllowMethods]?.contains("DELETE") == true)
            let allowed = try #require(asked.headers[.accessControlAllowHeaders])
            for name in ["authorization", "openai-beta", "x-stainless-os", "x-aurora-node"] { #expect(allowed.contains(name)) }
            #expect(!allowed.contains("x-evil"))
            let foreign = try await server.ask(
                .options, "/thing", headers: [.origin: "https://evil.example.com", .accessControlRequestMethod: "POST"])
            #expect(foreign.status == 403)
            #expect(foreign.headers[.accessControlAllowOrigin] == nil)
        }
    }

    @Test func answersAndErrorsCarryTheHeadersForPagesThatMay() async throws {
        try await TestServer.with(Self.routes(Authenticator(), CORS(origins: ["https://chat.example.com"]))) { server async throws in
            for path in ["/thing", "/nothing"] {
                let answer = try await server.ask(.get, path, headers: [.origin: "https://chat.example.com"])
                #expect(answer.status == (path == "/thing" ? 200 : 404))
                #expect(answer.headers[.accessControlAllowOrigin] == "https://chat.example.com")
                #expect(answer.headers[.vary] == "Origin")
            }
            let foreign = try await server.ask(.get, "/thing", headers: [.origin: "https://evil.example.com"])
            #expect(foreign.status == 403 && foreign.headers[.accessControlAllowOrigin] == nil)
            #expect(foreign.body.contains("name the page under 'origins:'"))
            #expect(try await server.ask("/thing").headers[.accessControlAllowOrigin] == nil)
        }
    }

    @Test func everyPathAnswersOptionsHeadAndWrongMethods() async throws {
        try await TestServer.with(Self.routes(Authenticator(), CORS())) { server async throws in
            let options = try await server.ask(.options, "/thing")
            #expect(options.status == 204 && options.headers[.allow] == "GET, HEAD, DELETE, OPTIONS")
            let head = try await server.ask(.head, "/thing")
            #expect(head.status == 200 && head.body.isEmpty)
            let wrong = try await server.ask(.put, "/thing", body: "x")
            #expect(wrong.status == 405 && wrong.headers[.allow] == "GET, HEAD, DELETE, OPTIONS")
            #expect(try await server.ask(.options, "/nothing").status == 404)
        }
    }

    private static func routes(_ authenticator: Authenticator, _ cors: CORS) -> Router<NodeContext> {
        let router = Router(context: NodeContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: NodeMiddleware(authenticator: authenticator, cors: cors))
        router.get("/thing") { _, _ in "here" }
        router.delete("/thing") { _, _ in "gone" }
        RouteMethods.complete(router)
        return router
    }
}
