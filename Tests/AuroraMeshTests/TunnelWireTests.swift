import AuroraModel
import NIOCore
import Testing

@testable import AuroraMesh

@Suite struct TunnelWireTests {
    @Test(arguments: [TunnelLine.ping, .pong, .ok, .open(.gateway, waiting: 0), .open(.api, waiting: 37), .refused("its gateway is away")])
    func aLineReadsBackAsItWasWritten(line: TunnelLine) { #expect(TunnelLine(line.text) == line) }

    @Test(arguments: [
        "", " ", "PING", "ping now", "open", "open gateway", "open gateway -1", "open x 1", "open gateway 1 2",
        "open gateway 99999999999999999999", "refused", "ok ok", "\u{0}",
    ])
    func anythingElseIsNoLine(text: String) { #expect(TunnelLine(text) == nil) }

    @Test func aReasonStaysOneShortLine() {
        let line = TunnelLine.refused("a\nping\r" + String(repeating: "x", count: 9000))
        #expect(line.bytes.readableBytesView.count { $0 == UInt8(ascii: "\n") } == 1)
        #expect(line.text.hasPrefix("refused apingx"))
        #expect(line.text.utf8.count < LineBuffer.limit)
    }

    @Test func linesComeInAnyPieces() throws {
        var lines = LineBuffer()
        for byte in "ping\nopen api 3\nGET / HTTP".utf8 { lines.append(ByteBuffer(bytes: [byte])) }
        #expect(try lines.next() == "ping")
        #expect(try lines.next() == "open api 3")
        #expect(try lines.next() == nil)
        #expect(String(buffer: lines.rest()) == "GET / HTTP")
        #expect(lines.rest().readableBytes == 0)
    }

    @Test func aLineWithoutEndIsRefused() {
        var lines = LineBuffer()
        lines.append(ByteBuffer(repeating: 0x41, count: 600))
        #expect(throws: LineBuffer.TooLong.self) { try lines.next() }
    }

    @Test func anAcceptedHandshakeHandsOnWhatComesBehindIt() {
        var reply = HandshakeReply()
        #expect(reply.feed(ByteBuffer(string: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n")) == nil)
        guard case .open(let rest) = reply.feed(ByteBuffer(string: "\r\nping\n")) else { return #expect(Bool(false), "not open") }
        #expect(String(buffer: rest) == "ping\n")
    }

    @Test func aRefusalIsToldInTheCoordinatorsWords() {
        var reply = HandshakeReply()
        let body = "{\"error\":{\"code\":\"conflict\",\"message\":\"taken\\u001b[2J\",\"hint\":\"choose another\"}}"
        let outcome = reply.feed(ByteBuffer(string: "HTTP/1.1 409 Conflict\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"))
        guard case .refused(let error) = outcome else { return #expect(Bool(false), "not refused") }
        #expect(error == AuroraError(.conflict, "taken[2J", hint: "choose another"))
    }

    @Test(arguments: [
        ("", "nothing"), ("SSH-2.0-OpenSSH\r\n\r\n", "not HTTP"), ("HTTP/1.1 abc\r\n\r\n", "not HTTP"), ("HTTP/1.1 9\r\n\r\n", "not HTTP"),
        ("HTTP/1.1 404 No\r\n\r\n", "not_found"), ("HTTP/1.1 502 Bad\r\nContent-Length: -4\r\n\r\n<html>", "unavailable"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nhi", "failed"), ("\r\n\r\n", "not HTTP"),
    ])
    func garbageIsNoHandshake(text: String, what: String) {
        var reply = HandshakeReply()
        var outcome = reply.feed(ByteBuffer(string: text))
        if outcome == nil { outcome = reply.feed(ByteBuffer(), isEnd: true) }
        switch outcome {
        case .open: #expect(Bool(false), "opened")
        case .notHTTP, nil: #expect(what == "not HTTP" || what == "nothing")
        case .refused(let error): #expect(error.code.rawValue == what)
        }
    }

    @Test func anAnswerWithoutEndIsNotKept() {
        var head = HandshakeReply()
        guard case .notHTTP = head.feed(ByteBuffer(repeating: 0x41, count: 17 << 10)) else { return #expect(Bool(false), "kept reading") }
        var body = HandshakeReply()
        let piece = ByteBuffer(string: "HTTP/1.1 500 X\r\n\r\n" + String(repeating: "x", count: 70 << 10))
        guard case .refused = body.feed(piece) else { return #expect(Bool(false), "kept reading") }
    }
}

@Suite struct JoinTargetTests {
    @Test(arguments: [
        "https://lead.example.com:8004", "http://10.0.0.1:8004", "http://127.0.0.1:8004", "http://lead:8004", "http://[::1]:8004",
    ])
    func goodOnesAreTaken(url: String) throws { #expect(try JoinTarget(url: url, token: Secret("0123456789abcdef")).url == url) }

    @Test func plainHTTPToAPublicHostIsRefusedUnlessItIsAllowed() throws {
        let error = #expect(throws: AuroraError.self) { try JoinTarget(url: "http://lead.example.com:8004", token: nil) }
        #expect(error?.code == .refused)
        #expect(error?.exitCode == 3)
        #expect(try JoinTarget(url: "http://lead.example.com", token: nil, isInsecureAllowed: true).path == "/api/mesh/tunnel")
    }

    @Test(arguments: ["", "lead", "ftp://lead", "http+unix://%2Ftmp%2Fx", "https://", "http://lead:99999", "http://10.0.0.1:-1"])
    func whatIsNoURLIsRefused(url: String) { #expect(throws: AuroraError.self) { try JoinTarget(url: url, token: nil) } }

    @Test(arguments: ["", "a b", "a\r\nX: y", "schlüssel"]) func aTokenThatCouldForgeAHeaderIsRefused(token: String) {
        #expect(throws: AuroraError.self) { try JoinTarget(url: "http://lead", token: Secret(token)) }
    }

    @Test func aPathInFrontIsKept() throws {
        #expect(try JoinTarget(url: "https://lead.example.com/aurora/", token: nil).path == "/aurora/api/mesh/tunnel")
    }
}
