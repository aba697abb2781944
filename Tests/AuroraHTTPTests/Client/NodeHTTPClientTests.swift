import AuroraModel
import AuroraSystem
import AuroraTestSupport
import Foundation
import HTTPTypes
import NIOCore
import NIOPosix
import Testing

@testable import AuroraHTTP

@Suite("The HTTP client", .timeLimit(.minutes(1)))
struct NodeHTTPClientTests {
    /// One thread, so that every call comes to the same pool.
    private let http: NodeHTTPClient

    init() throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        http = NodeHTTPClient(pools: try UpstreamPools(group: loop))
    }

    private func text(_ call: HTTPCall, limit: Int = 1 << 20) async throws -> String {
        String(buffer: try await http.call(call).collect(upTo: limit))
    }

    private func failure(_ body: () async throws -> Void) async -> AuroraError? {
        await #expect(throws: AuroraError.self) { try await body() }
    }

    @Test func sendsWhatItWasGivenWithItsOwnHost() async throws {
        try await ScriptedUpstream.with({ _, _ in .text("fine", status: "201 Created") }) { upstream, url async throws in
            let call = HTTPCall(.post, url + "/v1/x?y=1", headers: [.contentType: "text/plain"], body: ByteBuffer(string: "body"))
            let reply = try await http.call(call)
            #expect(reply.status == 201)
            #expect(String(buffer: try await reply.collect(upTo: 100)) == "fine")
            let request = try #require(upstream.requests.first)
            #expect(request.hasPrefix("POST /v1/x?y=1 HTTP/1.1\r\n"))
            #expect(request.contains("host: \(url.dropFirst("http://".count))\r\n"))
            #expect(request.contains("Content-Type: text/plain\r\n"))
            #expect(request.contains("content-length: 4\r\n"))
            #expect(request.hasSuffix("\r\n\r\nbody"))
        }
    }

    @Test func speaksToUnixSockets() async throws {
        try await withTemporaryFolder { folder async throws in
            try await ScriptedUpstream.with(unix: "\(folder)/s", { _, _ in .text("local") }) { upstream, _ async throws in
                #expect(try await text(HTTPCall(.get, "http+unix://\(folder.replacing("/", with: "%2F"))%2Fs/who")) == "local")
                #expect(upstream.requests.first?.contains("host: localhost\r\n") == true)
            }
        }
    }

    @Test func usesAConnectionAgain() async throws {
        try await ScriptedUpstream.with({ _, request in .text("\(request)") }) { upstream, url async throws in
            for number in 1...3 { #expect(try await text(HTTPCall(.get, url)) == "\(number)") }
            #expect(upstream.connections == 1)
        }
    }

    @Test func usesNoConnectionAgainThatTheServerEnds() async throws {
        try await ScriptedUpstream.with({ connection, _ in
            .last("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n\(connection)")
        }) { upstream, url async throws in
            for number in 1...2 { #expect(try await text(HTTPCall(.get, url)) == "\(number)") }
            #expect(upstream.connections == 2)
        }
    }

    @Test func asksAgainWhenAKeptConnectionWasJustClosed() async throws {
        try await ScriptedUpstream.with({ connection, request in connection == 1 && request == 2 ? .close : .text("\(connection)") }) {
            upstream, url async throws in
            #expect(try await text(HTTPCall(.get, url)) == "1")
            #expect(try await text(HTTPCall(.get, url)) == "2")
            #expect(upstream.connections == 2)
        }
    }

    @Test func asksOnceOnAFreshConnection() async throws {
        try await ScriptedUpstream.with({ _, _ in .close }) { upstream, url async throws in
            let error = await failure { _ = try await http.call(HTTPCall(.get, url)) }
            #expect(error?.code == .unavailable)
            #expect(error?.message.hasSuffix("it closed the connection without an answer") == true)
            #expect(upstream.connections == 1)
        }
    }

    @Test func givesUpWhenNoHeadComesInTime() async throws {
        try await ScriptedUpstream.with({ _, _ in .silence }) { upstream, url async throws in
            let error = await failure { _ = try await http.call(HTTPCall(.get, url, headTimeout: .milliseconds(50))) }
            #expect(error?.code == .timedOut)
            #expect(error?.message == "no answer from '\(url.dropFirst("http://".count))' within 0.05 seconds")
            #expect(await eventually { upstream.closed == 1 })
        }
    }

    @Test func givesUpWhenTheBodyFallsSilent() async throws {
        try await ScriptedUpstream.with({ _, _ in .bytes("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf") }) {
            upstream, url async throws in
            let reply = try await http.call(HTTPCall(.get, url, idleTimeout: .milliseconds(50)))
            var pieces = reply.body.makeAsyncIterator()
            #expect(try await pieces.next().map { String(buffer: $0) } == "half")
            let error = await #expect(throws: AuroraError.self) { _ = try await pieces.next() }
            #expect(error?.code == .timedOut)
            #expect(error?.message.contains("fell silent") == true)
            #expect(await eventually { upstream.closed == 1 })
        }
    }

    @Test func closesTheUpstreamWhenTheCallIsCancelledBeforeItsHead() async throws {
        try await ScriptedUpstream.with({ _, _ in .silence }) { upstream, url async throws in
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await http.call(HTTPCall(.get, url)) }
                #expect(await eventually { upstream.requests.count == 1 })
                group.cancelAll()
                await #expect(throws: CancellationError.self) { try await group.next() }
            }
            #expect(await eventually { upstream.closed == 1 })
        }
    }

    @Test func closesTheUpstreamWhenTheReaderIsCancelled() async throws {
        try await ScriptedUpstream.with({ _, _ in .bytes("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf") }) {
            upstream, url async throws in
            let reply = try await http.call(HTTPCall(.get, url))
            await withTaskGroup(of: Void.self) { group in
                // Cancelled before or while it reads: either way the reading ends, with or without an error.
                group.addTask { do { for try await _ in reply.body {} } catch {} }
                group.cancelAll()
            }
            #expect(await eventually { upstream.closed == 1 })
        }
    }

    @Test func closesTheUpstreamWhenTheReplyIsLetGo() async throws {
        try await ScriptedUpstream.with({ _, _ in .bytes("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf") }) {
            upstream, url async throws in
            var reply: HTTPReply? = try await http.call(HTTPCall(.get, url))
            #expect(reply?.status == 200)
            reply = nil
            #expect(await eventually { upstream.closed == 1 })
        }
    }

    @Test func doesNotStartWhenCancelledBefore() async throws {
        try await ScriptedUpstream.with({ _, _ in .text("late") }) { upstream, url async throws in
            await withThrowingTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask { _ = try await http.call(HTTPCall(.get, url)) }
                await #expect(throws: CancellationError.self) { try await group.next() }
            }
            #expect(upstream.requests.isEmpty)
        }
    }

    @Test func holdsNoMoreOfABodyThanAskedFor() async throws {
        try await ScriptedUpstream.with({ _, _ in .text("0123456789") }) { _, url async throws in
            #expect(try await text(HTTPCall(.get, url), limit: 10) == "0123456789")
            let error = await #expect(throws: BodyTooLarge.self) { _ = try await text(HTTPCall(.get, url), limit: 9) }
            #expect(error?.limit == 9)
        }
    }

    @Test func tellsAnAnswerThatBrokeOffFromOneThatEnded() async throws {
        try await ScriptedUpstream.with({ _, _ in .last("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf") }) { _, url async throws in
            let error = await failure { _ = try await text(HTTPCall(.get, url)) }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains("its answer broke off") == true)
        }
    }

    @Test(arguments: ["garbage\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "\0\0\0\0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"])
    func takesGarbageForAnEngineThatIsAway(bytes: String) async throws {
        try await ScriptedUpstream.with({ _, _ in .bytes(bytes) }) { _, url async throws in
            let error = await failure { _ = try await text(HTTPCall(.get, url, headTimeout: .seconds(5))) }
            #expect(error?.code == .unavailable)
        }
    }

    @Test func skipsInterimHeads() async throws {
        try await ScriptedUpstream.with({ _, _ in
            .bytes("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        }) { _, url async throws in
            #expect(try await text(HTTPCall(.get, url)) == "ok")
        }
    }

    @Test func saysThatNobodyListens() async throws {
        let socket = try BoundSocket.tcp(host: "127.0.0.1", port: 0)
        close(socket.descriptor)
        let error = await failure { _ = try await http.call(HTTPCall(.get, socket.url)) }
        #expect(error?.code == .unavailable)
        #expect(error?.message == "'127.0.0.1:\(socket.port)' does not answer: cannot connect: connection refused")
    }

    @Test func saysThatASocketDoesNotExist() async {
        let error = await failure { _ = try await http.call(HTTPCall(.get, "http+unix://%2Ftmp%2Fno-such-socket/x")) }
        #expect(error?.message == "'localhost' does not answer: cannot connect: the socket does not exist")
    }

    @Test func refusesWhatIsNoURL() async {
        #expect(await failure { _ = try await http.call(HTTPCall(.get, "nonsense")) }?.code == .invalid)
    }
}
