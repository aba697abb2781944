import AuroraModel
import AuroraSystem
import AuroraTestSupport
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import AuroraHTTP

@Suite("Around every call the node", .timeLimit(.minutes(1)))
struct NodeMiddlewareTests {
    struct Bug: Error { let secret = "hunter2" }

    private func routes(_ authenticator: Authenticator = Authenticator()) -> Router<NodeContext> {
        let router = Router(context: NodeContext.self)
        router.add(middleware: NodeMiddleware(authenticator: authenticator, openPaths: ["/open"]))
        router.get("/health") { _, _ in "ok" }
        router.get("/open") { _, _ in "open" }
        router.get("/who") { _, context in "\(context.principal.name) \(context.requestID)" }
        router.get("/admin") { _, context in
            guard context.principal.may(.admin) else { throw AuroraError(.forbidden, "not for '\(context.principal.name)'") }
            return "admin"
        }
        router.get("/error/:code") { _, context -> String in
            throw AuroraError(
                AuroraError.Code(rawValue: context.parameters.get("code") ?? "") ?? .failed, "it went wrong", hint: "try this")
        }
        router.get("/bug") { _, _ -> String in throw Bug() }
        router.get("/teapot") { _, _ -> String in throw HTTPError(.badRequest, message: "too little tea") }
        router.post("/body") { request, _ in String(buffer: try await request.body.collect(upTo: 10)) }
        return router
    }

    private func detail(_ answer: TestServer.Answer) throws -> ErrorBody.Detail {
        #expect(answer.headers[.contentType] == "application/json; charset=utf-8")
        return try JSONDecoder().decode(ErrorBody.self, from: Data(answer.body.utf8)).error
    }

    private let secured = Authenticator([
        (hash: TokenHash.hash("phone-token"), principal: Principal(name: "phone", scopes: [.chat])),
        (hash: TokenHash.hash("boss-token"), principal: Principal(name: "boss", scopes: [.admin])),
    ])

    @Test func keepsTheRequestIDOfTheClient() async throws {
        try await TestServer.with(routes()) { server async throws in
            let answer = try await server.ask("/who", headers: [.xRequestID: "abc-123_X.y:/+="])
            #expect(answer.body == "anonymous abc-123_X.y:/+=")
            #expect(answer.headers[.xRequestID] == "abc-123_X.y:/+=")
            #expect(answer.headers[.server] == "aurora/\(AuroraVersion.current)")
        }
    }

    @Test(arguments: ["has blanks", "<script>", String(repeating: "x", count: 129), "ü"]) func replacesARequestIDThatIsOdd(id: String)
        async throws
    {
        try await TestServer.with(routes()) { server async throws in
            let answer = try await server.ask("/who", headers: [.xRequestID: id])
            let made = try #require(answer.headers[.xRequestID])
            #expect(made != id)
            #expect(!made.isEmpty)
            #expect(answer.body == "anonymous \(made)")
        }
    }

    @Test func makesARequestIDForEachCallWithoutOne() async throws {
        try await TestServer.with(routes()) { server async throws in
            let first = try await server.ask("/who").headers[.xRequestID]
            let second = try await server.ask("/who").headers[.xRequestID]
            #expect(first != nil)
            #expect(first != second)
        }
    }

    @Test(arguments: AuroraError.Code.allCases) func turnsErrorsIntoBodiesThatHelp(code: AuroraError.Code) async throws {
        try await TestServer.with(routes()) { server async throws in
            let answer = try await server.ask("/error/\(code.rawValue)", headers: [.xRequestID: "id-1"])
            #expect(answer.status == AuroraError(code, "").httpStatus)
            let detail = try detail(answer)
            #expect(detail.code == code.rawValue)
            #expect(detail.message == "it went wrong")
            #expect(detail.hint == "try this")
            #expect(detail.requestID == "id-1")
            #expect((answer.headers[.retryAfter] != nil) == (answer.status == 503))
            #expect((answer.headers[.wwwAuthenticate] != nil) == (answer.status == 401))
        }
    }

    @Test func tellsNothingOfItsOwnMistakes() async throws {
        try await TestServer.with(routes()) { server async throws in
            let answer = try await server.ask("/bug")
            #expect(answer.status == 500)
            #expect(try detail(answer).message == "an internal error happened")
            #expect(!answer.body.contains("hunter2"))
        }
    }

    @Test func saysWhatIsNotThereAndWhatIsWrong() async throws {
        try await TestServer.with(routes()) { server async throws in
            let missing = try await server.ask("/nothing/here?x=1", headers: [.xRequestID: "id-2"])
            #expect(missing.status == 404)
            #expect(try detail(missing).message == "there is nothing at '/nothing/here'")
            #expect(try detail(missing).requestID == "id-2")
            let wrong = try await server.ask("/teapot")
            #expect(wrong.status == 400)
            #expect(try detail(wrong).message == "too little tea")
        }
    }

    @Test func refusesBodiesOverTheLimit() async throws {
        try await TestServer.with(routes()) { server async throws in
            #expect(try await server.ask(.post, "/body", body: "0123456789").body == "0123456789")
            let answer = try await server.ask(.post, "/body", body: "0123456789a")
            #expect(answer.status == 413)
            #expect(try detail(answer).code == "too_large")
            #expect(try detail(answer).message == "the body is too large")
        }
    }

    @Test func asksForATokenOnceThereAreSome() async throws {
        try await TestServer.with(routes(secured)) { server async throws in
            let nobody = try await server.ask("/who")
            #expect(nobody.status == 401)
            #expect(nobody.headers[.wwwAuthenticate] == "Bearer realm=\"aurora\"")
            #expect(try detail(nobody).message == "this node asks for a token")
            let stranger = try await server.ask("/who", headers: [.authorization: "Bearer wrong"])
            #expect(stranger.status == 401)
            #expect(!stranger.body.contains("wrong"))
            // Who may not ask learns nothing about what there is.
            #expect(try await server.ask("/nothing").status == 401)
        }
    }

    @Test func knowsCallersByTheirToken() async throws {
        try await TestServer.with(routes(secured)) { server async throws in
            #expect(try await server.ask("/who", headers: [.authorization: "Bearer phone-token"]).body.hasPrefix("phone "))
            #expect(try await server.ask("/who", headers: [.xAPIKey: "phone-token"]).body.hasPrefix("phone "))
            let answer = try await server.ask("/admin", headers: [.xAPIKey: "phone-token"])
            #expect(answer.status == 403)
            #expect(try detail(answer).code == "forbidden")
            #expect(try await server.ask("/admin", headers: [.xAPIKey: "boss-token"]).body == "admin")
        }
    }

    @Test func leavesHealthAndOpenPathsOpen() async throws {
        try await TestServer.with(routes(secured)) { server async throws in
            #expect(try await server.ask("/health").body == "ok")
            #expect(try await server.ask("/open").body == "open")
            #expect(try await server.ask("/open?x=/who").body == "open")
            #expect(try await server.ask("/open/../who").status == 401)
            #expect(try await server.ask("//open").status == 401)
        }
    }

    @Test func trustsItsUnixSocket() async throws {
        try await withTemporaryFolder { folder async throws in
            try await TestServer.with(socket: try BoundSocket.unix(path: "\(folder)/s"), routes(secured)) { server async throws in
                let url = "http+unix://\(folder.replacing("/", with: "%2F"))%2Fs/who"
                #expect(try await TestServer.Answer(server.http.call(HTTPCall(.get, url))).body.hasPrefix("local "))
            }
        }
    }

    @Test func givesErrorsAnotherShapeWhereClientsExpectIt() async throws {
        let router = Router(context: NodeContext.self)
        router.add(
            middleware: NodeMiddleware(authenticator: secured) { error, status, path, id in
                ByteBuffer(string: "\(status) \(path) \(id) \(error.code.rawValue)")
            })
        try await TestServer.with(router) { server async throws in
            #expect(try await server.ask("/v1/x", headers: [.xRequestID: "id-3"]).body == "401 /v1/x id-3 unauthorized")
        }
    }
}
