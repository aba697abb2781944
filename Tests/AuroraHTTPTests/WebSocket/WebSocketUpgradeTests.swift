import NIOCore
import NIOPosix
import Testing

@testable import AuroraHTTP

@Suite(.timeLimit(.minutes(1))) struct WebSocketUpgradeTests {
    @Test func aConnectionThatIsGoneBeforeItsFirstRequestIsAnError() async throws {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        try await channel.close()
        // A debug build stops where a decision is promised that never comes.
        await #expect(throws: ChannelError.self) {
            try await channel.eventLoop.submit {
                _ = try WebSocketUpgrade.configure(channel, accept: { _ in true }, webSocket: { _ in }, http: { _ in })
            }.get()
        }
    }

    @Test func theHandshakeIsAnsweredWithTheProofOfTheKey() async throws {
        try await WebSocketTestServer.with(TestEndpoint.echo) { port in
            try await WebSocketTestClient.connect(port: port) { client async throws in
                let head = try await client.handshake()
                #expect(head.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
                #expect(head.lowercased().contains("\r\nsec-websocket-accept: \(WebSocketTestClient.handshakeAnswer)".lowercased()))
            }
        }
    }

    @Test(arguments: [
        (method: "GET", path: "/other", version: "13", extra: [String]()),
        (method: "POST", path: "/ws", version: "13", extra: ["Content-Length: 0"]),
        (method: "GET", path: "/ws", version: "8", extra: []),
        (method: "GET", path: "/ws", version: "13", extra: ["Sec-WebSocket-Key: another"]),
        (method: "GET", path: "/ws", version: "13", extra: ["Origin: https://evil.example"]),
    ])
    func whatIsNotAcceptedGoesOnAsOrdinaryHTTP(method: String, path: String, version: String, extra: [String]) async throws {
        try await WebSocketTestServer.with(TestEndpoint.echo) { port in
            try await WebSocketTestClient.connect(port: port) { client async throws in
                let head = try await client.handshake(method: method, path: path, version: version, extra: extra)
                #expect(head.hasPrefix("HTTP/1.1 404 "))
                #expect(head.contains("x-path: \(path)\r\nconnection: close"))
            }
        }
    }

    @Test func otherUpgradesAndBodiesAndOrdinaryRequestsAreAnswered() async throws {
        let requests = [
            "GET /a HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n",
            "POST /b HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\nabc",
            "GET /c HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 3\r\n\r\nabc",
            "GET /d HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n",
        ]
        try await WebSocketTestServer.with(TestEndpoint.echo) { port in
            for (request, path) in zip(requests, ["/a", "/b", "/c", "/d"]) {
                try await WebSocketTestClient.connect(port: port) { client in
                    try await client.send(raw: ByteBuffer(string: request))
                    #expect(try await client.head().contains("x-path: \(path)\r\nconnection: close"))
                    #expect(try await client.next() == nil)
                }
            }
        }
    }

    @Test func requestsOnOneConnectionAreAnsweredOneAfterAnother() async throws {
        try await WebSocketTestServer.with(TestEndpoint.echo) { port in
            try await WebSocketTestClient.connect(port: port) { client in
                for path in ["/a", "/b", "/c"] {
                    try await client.send(raw: ByteBuffer(string: "GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n"))
                    #expect(try await client.head().contains("x-path: \(path)\r\nconnection: keep-alive"))
                }
                // Too late for an upgrade, and answered all the same.
                #expect(try await client.handshake().contains("x-path: /ws\r\nconnection: close"))
            }
        }
    }

    @Test func whatIsNotHTTPIsAnsweredByTheHTTPSide() async throws {
        try await WebSocketTestServer.with(TestEndpoint.echo) { port in
            try await WebSocketTestClient.connect(port: port) { client in
                try await client.send(raw: ByteBuffer(string: "\u{16}\u{3}\u{1} not http\r\n\r\n"))
                #expect(try await client.head().hasPrefix("HTTP/1.1 400 "))
            }
        }
    }

    @Test func aConnectionThatNeverAsksForAnythingIsCutOff() async throws {
        var settings = WebSocketSettings.unhurried
        settings.firstRequestTimeout = .milliseconds(20)
        try await WebSocketTestServer.with(settings: settings, TestEndpoint.echo) { port in
            try await WebSocketTestClient.connect(port: port) { client async throws in
                #expect(try await client.next() == nil)
            }
        }
    }

    @Test func aPageOfTheSameHostMayConnect() async throws {
        try await WebSocketTestServer.with(TestEndpoint.echo) { port in
            try await WebSocketTestClient.connect(port: port) { client async throws in
                #expect(try await client.handshake(extra: ["Origin: http://127.0.0.1:8004"]).hasPrefix("HTTP/1.1 101 "))
            }
        }
    }

    @Test func framesSentTogetherWithTheHandshakeAreNotLost() async throws {
        try await WebSocketTestServer.with(TestEndpoint.echo) { port in
            try await WebSocketTestClient.connect(port: port) { client async throws in
                var bytes = WebSocketTestFrame.text("eager").encoded()
                let lines = [
                    "GET /ws HTTP/1.1", "Host: x", "Upgrade: websocket", "Connection: Upgrade",
                    "Sec-WebSocket-Key: \(WebSocketTestClient.handshakeKey)", "Sec-WebSocket-Version: 13", "", "",
                ]
                var all = ByteBuffer(string: lines.joined(separator: "\r\n"))
                all.writeBuffer(&bytes)
                try await client.send(raw: all)
                #expect(try await client.head().hasPrefix("HTTP/1.1 101 "))
                #expect(try await client.next()?.string == "eager")
            }
        }
    }

    @Test(arguments: 0..<50)
    func garbageInsteadOfFramesNeverHarmsTheNextConnection(_ seed: Int) async throws {
        try await WebSocketTestServer.with(TestEndpoint.echo) { port in
            try await WebSocketTestClient.open(port: port) { client async throws in
                var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
                let bytes = (0..<300).map { _ in
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return UInt8(truncatingIfNeeded: state >> 33)
                }
                try await client.send(raw: ByteBuffer(bytes: bytes))
            }
            try await WebSocketTestClient.open(port: port) { client async throws in
                try await client.send(.text("well"))
                #expect(try await client.next()?.string == "well")
            }
        }
    }
}
