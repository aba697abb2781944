import AuroraSystem
import AuroraTestSupport
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import AuroraHTTP

@Suite("A stream of events", .timeLimit(.minutes(1)))
struct EventStreamTests {
    @Test func isFramedAsTheHTMLStandardSays() {
        let event = ServerSentEvent(event: "status", id: "7", data: "one\n\ntwo")
        #expect(String(buffer: event.bytes) == "id: 7\nevent: status\ndata: one\ndata: \ndata: two\n\n")
        #expect(String(buffer: ServerSentEvent(data: "").bytes) == "data: \n\n")
    }

    @Test func isSentPieceByPieceAndNeverCached() async throws {
        let (events, continuation) = AsyncStream.makeStream(of: ServerSentEvent.self)
        let router = Router(context: NodeContext.self)
        router.get("/events") { _, _ in EventStream.response(events) }
        try await TestServer.with(router) { server async throws in
            continuation.yield(ServerSentEvent(data: "1"))
            let reply = try await server.open("/events")
            #expect(reply.headers[.contentType] == "text/event-stream; charset=utf-8")
            #expect(reply.headers[.cacheControl] == "no-cache, no-transform")
            #expect(reply.headers[.xAccelBuffering] == "no")
            var pieces = reply.body.makeAsyncIterator()
            #expect(try await pieces.next().map { String(buffer: $0) } == "data: 1\n\n")
            continuation.yield(ServerSentEvent(data: "2"))
            #expect(try await pieces.next().map { String(buffer: $0) } == "data: 2\n\n")
            continuation.finish()
            #expect(try await pieces.next() == nil)
        }
    }

    @Test func withoutAnEndDoesNotHoldUpTheStop() async throws {
        let (events, continuation) = AsyncStream.makeStream(of: ServerSentEvent.self)
        let router = Router(context: NodeContext.self)
        router.get("/events") { _, _ in EventStream.response(events) }
        try await TestServer.with(router) { server async throws in
            continuation.yield(ServerSentEvent(data: "1"))
            var pieces = try await server.open("/events").body.makeAsyncIterator()
            #expect(try await pieces.next() != nil)
            await server.stop()
            #expect(try await pieces.next() == nil)
        }
    }
}
