import AuroraHTTP
import AuroraModel
import AuroraSystem
import AuroraTestSupport
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import Testing

@Suite("Bodies that are sent as they come")
struct UploadTests {
    private struct Counted: Sendable {
        var bytes = 0
        var length: String?
        var encoding: String?
    }

    private final class Receiver: Sendable {
        let seen = Mutex(Counted())

        var routes: Router<NodeContext> {
            let router = Router(context: NodeContext.self)
            router.post("/take") { request, _ in
                self.seen.withLock { $0 = Counted(length: request.headers[.contentLength], encoding: request.headers[.transferEncoding]) }
                for try await piece in request.body { self.seen.withLock { $0.bytes += piece.readableBytes } }
                return HTTPResponse.Status.created
            }
            router.post("/refuse") { _, _ in HTTPResponse.Status.badRequest }
            return router
        }
    }

    private func call(_ server: TestServer, _ path: String, _ upload: HTTPUpload) -> HTTPCall { call(port: server.port, path, upload) }

    private func call(port: Int, _ path: String, _ upload: HTTPUpload) -> HTTPCall {
        var call = HTTPCall(.post, "http://127.0.0.1:\(port)\(path)", headTimeout: .seconds(30), idleTimeout: .seconds(30))
        call.upload = upload
        return call
    }

    private func pieces(_ count: Int, of size: Int) -> AsyncThrowingStream<ByteBuffer, any Error> {
        let sent = Mutex(0)
        let piece = ByteBuffer(repeating: 1, count: size)
        return AsyncThrowingStream {
            sent.withLock { sent in
                sent += 1; return sent <= count ? piece : nil
            }
        }
    }

    @Test func theLengthIsToldWhenItIsKnownAndElseItGoesInChunks() async throws {
        let receiver = Receiver()
        try await TestServer.with(receiver.routes) { server async throws in
            let known = HTTPUpload(length: 30 << 20, pieces: pieces(30, of: 1 << 20))
            #expect(try await server.http.call(call(server, "/take", known)).status == 201)
            #expect(receiver.seen.withLock { $0.bytes } == 30 << 20)
            #expect(receiver.seen.withLock { $0.length } == String(30 << 20))
            let unknown = HTTPUpload(length: nil, pieces: pieces(3, of: 10))
            #expect(try await server.http.call(call(server, "/take", unknown)).status == 201)
            #expect(receiver.seen.withLock { $0.bytes } == 30 && receiver.seen.withLock { $0.encoding } == "chunked")
            let empty = HTTPUpload(length: 0, pieces: pieces(0, of: 1))
            #expect(try await server.http.call(call(server, "/take", empty)).status == 201)
        }
    }

    @Test func anAnswerThatComesEarlyEndsTheUpload() async throws {
        try await TestServer.with(Receiver().routes) { server async throws in
            let endless = AsyncThrowingStream<ByteBuffer, any Error> { ByteBuffer(repeating: 1, count: 65_536) }
            let reply = try await server.http.call(call(server, "/refuse", HTTPUpload(length: nil, pieces: endless)))
            #expect(reply.status == 400)
            _ = try await reply.collect(upTo: 1024)
            #expect(try await server.ask(.post, "/refuse", body: "x").status == 400)
        }
    }

    @Test func aBodyThatBreaksIsNoBody() async throws {
        try await TestServer.with(Receiver().routes) { server async throws in
            let sent = Mutex(0)
            let breaking = AsyncThrowingStream<ByteBuffer, any Error> {
                let count = sent.withLock { sent in
                    sent += 1; return sent
                }
                guard count < 3 else { throw AuroraError(.failed, "the client left") }
                return ByteBuffer(string: "part")
            }
            let failure = await #expect(throws: AuroraError.self) {
                try await server.http.call(call(server, "/take", HTTPUpload(length: 100, pieces: breaking)))
            }
            #expect(failure?.message == "the client left")
        }
    }

    @Test func anUploadToNobodyFailsWithTheReason() async throws {
        let http = try NodeHTTPClient.standalone()
        let call = call(port: 1, "/x", HTTPUpload(length: 4, pieces: pieces(1, of: 4)))
        let failure = await #expect(throws: AuroraError.self) { try await http.call(call) }
        #expect(failure?.code == .unavailable)
    }
}
