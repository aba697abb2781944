import AuroraModel
import HTTPTypes
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import Testing

@testable import AuroraHTTP

@Suite(.timeLimit(.minutes(1))) struct WebSocketTests {
    @Test(arguments: ["hello", "", "Grüße 👋", String(repeating: "x", count: 126), String(repeating: "é", count: 40_000)])
    func textComesThroughWhole(_ text: String) async throws {
        try await WebSocketTestServer.with(TestEndpoint.echo) { port in
            try await WebSocketTestClient.open(port: port) { client async throws in
                try await client.send(.text(text))
                #expect(try await client.next() == WebSocketTestFrame(opcode: 1, payload: Array(text.utf8), mask: nil))
            }
        }
    }

    @Test func aMessageOfOneMebibyteIsTakenInOneFrameAndInMany() async throws {
        let limit = WebSocketSettings().maximumMessageSize
        let parts = [
            WebSocketTestFrame.text(String(repeating: "b", count: limit / 2), fin: false), .more(String(repeating: "c", count: limit / 2)),
        ]
        try await WebSocketTestServer.with(TestEndpoint.echo) { port in
            try await WebSocketTestClient.open(port: port) { client async throws in
                try await client.send(.text(String(repeating: "a", count: limit)))
                #expect(try await client.next()?.payload.count == limit)
                for part in parts { try await client.send(part) }
                #expect(try await client.next()?.payload.count == limit)
            }
        }
    }

    @Test func fragmentsAreJoinedAndAPingBetweenThemIsAnswered() async throws {
        try await WebSocketTestServer.with(TestEndpoint.echo) { port in
            try await WebSocketTestClient.open(port: port) { client async throws in
                // Cut inside a character: only the whole has to be UTF-8.
                try await client.send(WebSocketTestFrame(opcode: 1, payload: [0x61, 0xC3], fin: false))
                try await client.send(.ping("are you there"))
                try await client.send(WebSocketTestFrame(opcode: 0, payload: [], fin: false))
                try await client.send(WebSocketTestFrame(opcode: 0, payload: [0xA9, 0x62]))
                #expect(try await client.next() == WebSocketTestFrame(opcode: 10, payload: Array("are you there".utf8), mask: nil))
                #expect(try await client.next()?.string == "aéb")
            }
        }
    }

    static let violations: [(frames: [WebSocketTestFrame], code: Int)] = [
        ([WebSocketTestFrame(opcode: 2, payload: [1, 2, 3])], 1003),
        ([WebSocketTestFrame(opcode: 1, payload: [0xC3, 0x28])], 1007),
        ([WebSocketTestFrame(opcode: 1, payload: [0xC3], fin: false), WebSocketTestFrame(opcode: 0, payload: [0x28])], 1007),
        ([WebSocketTestFrame(opcode: 1, payload: [0xED, 0xA0, 0x80])], 1007),
        ([WebSocketTestFrame(opcode: 1, payload: [0x61], mask: nil)], 1002),
        ([WebSocketTestFrame(opcode: 1, payload: [0x61], reserved: 4)], 1002),
        ([WebSocketTestFrame(opcode: 3, payload: [0x61])], 1002),
        ([WebSocketTestFrame(opcode: 11, payload: [0x61])], 1002),
        ([.more("nothing before")], 1002),
        ([.text("a", fin: false), .text("b")], 1002),
        ([WebSocketTestFrame(opcode: 9, payload: [0x61], fin: false)], 1002),
        ([WebSocketTestFrame(opcode: 9, payload: Array(repeating: 0x61, count: 126))], 1002),
        ([WebSocketTestFrame(opcode: 8, payload: [3])], 1002),
        ([.close(999)], 1002), ([.close(1005)], 1002), ([.close(1006)], 1002), ([.close(1015)], 1002), ([.close(5000)], 1002),
        ([WebSocketTestFrame(opcode: 8, payload: [3, 232, 0xFF])], 1007),
        ([.text(String(repeating: "x", count: 1024 * 1024 + 1))], 1009),
        ([.text(String(repeating: "x", count: 1024 * 1024), fin: false), .more("x")], 1009),
        ([WebSocketTestFrame(opcode: 1, payload: Array(repeating: 0x61, count: 3 * 1024 * 1024), mask: [0, 0, 0, 0])], 1009),
    ]

    @Test(arguments: violations.indices)
    func aBrokenRuleClosesWithItsCodeAndEndsTheMessages(_ index: Int) async throws {
        let (frames, code) = Self.violations[index]
        let ended = AsyncStream<Void>.makeStream()
        let endpoint: TestEndpoint.Serve = { socket, _ in
            for await _ in socket.messages {}
            ended.continuation.finish()
        }
        try await WebSocketTestServer.with(endpoint) { port in
            try await WebSocketTestClient.open(port: port) { client async throws in
                // The server ends its side as soon as it has seen enough, which may be before all is sent.
                for frame in frames { try? await client.send(frame) }
                #expect(try await client.closeFrame()?.closeCode == code)
                for await _ in ended.stream {}
            }
        }
    }

    @Test(arguments: [(WebSocketTestFrame.close(1000, "bye"), 1000), (.close(4321, "own code"), 4321), (.close(1001), 1001)])
    func aCloseFrameIsAnsweredWithItsCodeAndThenTheConnectionEnds(_ frame: WebSocketTestFrame, _ code: Int) async throws {
        try await WebSocketTestServer.with(TestEndpoint.echo) { port in
            try await WebSocketTestClient.open(port: port) { client async throws in
                try await client.send(frame)
                let answer = try await client.next()
                #expect(answer?.closeCode == code)
                #expect(answer?.payload == frame.payload)
                #expect(try await client.next() == nil)
            }
        }
    }

    @Test func aCloseFrameWithoutACodeIsAnsweredWithoutOne() async throws {
        try await WebSocketTestServer.with(TestEndpoint.echo) { port in
            try await WebSocketTestClient.open(port: port) { client async throws in
                try await client.send(WebSocketTestFrame(opcode: 8, payload: []))
                #expect(try await client.next() == WebSocketTestFrame(opcode: 8, payload: [], mask: nil))
                #expect(try await client.next() == nil)
            }
        }
    }

    @Test func theConnectionClosesNormallyWhenTheEndpointReturns() async throws {
        try await WebSocketTestServer.with({ socket, _ in try? await socket.send("last words") }) { port in
            try await WebSocketTestClient.open(port: port) { client async throws in
                #expect(try await client.next()?.string == "last words")
                #expect(try await client.next()?.closeCode == 1000)
                try await client.send(.close(1000))
                #expect(try await client.next() == nil)
            }
        }
    }

    @Test func theEndpointsOwnCloseIsMadeFitForTheWire() async throws {
        let endpoint: TestEndpoint.Serve = { socket, _ in
            await socket.close(code: 99_999, reason: String(repeating: "ü", count: 100))
        }
        try await WebSocketTestServer.with(endpoint) { port in
            try await WebSocketTestClient.open(port: port) { client async throws in
                let frame = try await client.closeFrame()
                #expect(frame?.closeCode == 1011)
                #expect(frame.map { String(decoding: $0.payload.dropFirst(2), as: UTF8.self) } == String(repeating: "ü", count: 61))
                try await client.send(.close(1000))
                #expect(try await client.next() == nil)
            }
        }
    }

    @Test func aPeerThatNeverAnswersACloseFrameIsCutOff() async throws {
        var settings = WebSocketSettings.unhurried
        settings.closeTimeout = .milliseconds(20)
        try await WebSocketTestServer.with(settings: settings, { _, _ in }) { port in
            try await WebSocketTestClient.open(port: port) { client async throws in
                #expect(try await client.next()?.closeCode == 1000)
                #expect(try await client.next() == nil)
            }
        }
    }

    @Test func sendingToAPeerThatIsGoneThrows() async throws {
        let outcome = AsyncStream<AuroraError?>.makeStream()
        let endpoint: TestEndpoint.Serve = { socket, _ in
            for await _ in socket.messages {}
            do { try await socket.send("too late") } catch { outcome.continuation.yield(error as? AuroraError) }
            outcome.continuation.finish()
        }
        try await WebSocketTestServer.with(endpoint) { port in
            try await WebSocketTestClient.open(port: port) { client in try await client.send(.text("and away")) }
            var errors = outcome.stream.makeAsyncIterator()
            #expect(await errors.next()??.code == .unavailable)
        }
    }

    @Test func theEndpointSeesTheRequestThatOpenedTheConnection() async throws {
        try await WebSocketTestServer.with({ socket, request in try? await socket.send(request.path ?? "") }) { port in
            try await WebSocketTestClient.open(port: port) { client async throws in #expect(try await client.next()?.string == "/ws") }
        }
    }

    @Test func aGracefulShutdownClosesWith1001AndEndsTheMessages() async throws {
        let server = try await WebSocketTestServer.start(TestEndpoint(body: TestEndpoint.echo), settings: .unhurried)
        let group = ServiceGroup(configuration: .init(services: [.init(service: server)], logger: .init(label: "test")))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await WebSocketTestClient.open(port: server.port) { client async throws in
                try await client.send(.text("still here"))
                #expect(try await client.next()?.string == "still here")
                await group.triggerGracefulShutdown()
                #expect(try await client.next()?.closeCode == 1001)
                try await client.send(.close(1001))
                #expect(try await client.next() == nil)
            }
            try await tasks.waitForAll()
        }
    }
}
