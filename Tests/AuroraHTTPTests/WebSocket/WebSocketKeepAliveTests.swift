import NIOCore
import Synchronization
import Testing

@testable import AuroraHTTP

@Suite(.timeLimit(.minutes(1))) struct WebSocketKeepAliveTests {
    @Test func aPeerThatAnswersPingsStays() async throws {
        let ticks = Ticks()
        try await WebSocketTestServer.with(settings: ticks.settings, TestEndpoint.echo) { port in
            try await WebSocketTestClient.open(port: port) { client async throws in
                for _ in 0..<10 {
                    ticks.fire()
                    #expect(try await client.next() == WebSocketTestFrame(opcode: 9, payload: [], mask: nil))
                    try await client.send(WebSocketTestFrame(opcode: 10, payload: []))
                    // Its echo shows that the server has read the pong before the next tick.
                    try await client.send(.text("still here"))
                    #expect(try await client.next()?.string == "still here")
                }
            }
        }
    }

    @Test func aPeerThatAnswersNoPingIsClosedAtTheThird() async throws {
        let ticks = Ticks()
        try await WebSocketTestServer.with(settings: ticks.settings, TestEndpoint.echo) { port in
            try await WebSocketTestClient.open(port: port) { client async throws in
                for _ in 0..<2 {
                    ticks.fire()
                    #expect(try await client.next()?.opcode == 9)
                }
                ticks.fire()
                #expect(try await client.next()?.closeCode == 1011)
            }
        }
    }

    @Test func aPeerWhosePongsLieBehindUnreadMessagesStays() async throws {
        let ticks = Ticks()
        let gate = AsyncStream<Void>.makeStream()
        let endpoint: TestEndpoint.Serve = { socket, _ in
            for await _ in gate.stream {}
            for await text in socket.messages { try? await socket.send(String(text.prefix(1))) }
        }
        let message = WebSocketTestFrame(opcode: 1, payload: Array(repeating: 0x61, count: 64 * 1024), mask: [0, 0, 0, 0]).encoded()
        try await WebSocketTestServer.with(settings: ticks.settings, endpoint) { port in
            try await WebSocketTestClient.open(port: port) { client async throws in
                // More than session and sockets hold: what is sent after it stays unread until the gate opens.
                let channel = client.channel
                async let sent: Void = Self.flood(channel, with: message, count: 100, Counter())
                await Self.settle(port: port)
                for _ in 0..<5 {
                    ticks.fire()
                    #expect(try await client.next()?.opcode == 9)
                }
                gate.continuation.finish()
                try await sent
                for _ in 0..<100 { #expect(try await client.next()?.string == "a") }
            }
        }
    }

    @Test func messagesThatNobodyReadsStopThePeer() async throws {
        let gate = AsyncStream<Void>.makeStream()
        let received = Counter()
        let ended = AsyncStream<Void>.makeStream()
        let endpoint: TestEndpoint.Serve = { socket, _ in
            for await _ in gate.stream {}
            for await _ in socket.messages { received.add() }
            ended.continuation.finish()
        }
        let message = WebSocketTestFrame(opcode: 1, payload: Array(repeating: 0x61, count: 64 * 1024), mask: [0, 0, 0, 0]).encoded()
        let sent = Counter()
        try await WebSocketTestServer.with(endpoint) { port in
            try await WebSocketTestClient.open(port: port) { client async throws in
                let channel = client.channel
                async let sending: Void = Self.flood(channel, with: message, count: 200, sent)
                await Self.settle(port: port)
                #expect(sent.count < 200)
                gate.continuation.finish()
                try await sending
                try await client.send(.close(1000))
                #expect(try await client.closeFrame()?.closeCode == 1000)
                for await _ in ended.stream {}
            }
        }
        #expect(received.count == 200)
    }

    /// Counts what the system has taken, and not what waits to be written.
    private static func flood(_ channel: any Channel, with message: ByteBuffer, count: Int, _ sent: Counter) async throws {
        for _ in 0..<count {
            try await channel.writeAndFlush(message)
            sent.add()
        }
    }

    /// Gives the server's loops many chances to read what they would: each handshake beside it is a round through one of them.
    private static func settle(port: Int) async {
        for _ in 0..<200 {
            _ = try? await WebSocketTestClient.connect(port: port) { client in try await client.handshake(path: "/elsewhere") }
        }
    }
}

private final class Counter: Sendable {
    private let value = Mutex(0)

    var count: Int { value.withLock { $0 } }
    func add() { value.withLock { $0 += 1 } }
}

/// A timer that goes off when the test says so.
private struct Ticks: Sendable {
    private let stream = AsyncStream<Void>.makeStream()

    func fire() { stream.continuation.yield() }

    var settings: WebSocketSettings {
        var settings = WebSocketSettings()
        settings.nextPing = { [stream] in
            var iterator = stream.stream.makeAsyncIterator()
            guard await iterator.next() != nil else { throw CancellationError() }
        }
        return settings
    }
}
