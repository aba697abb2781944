import AuroraDialects
import NIOCore
import Testing

@Suite struct SSEParserTests {
    private func events(_ pieces: [String], finish: Bool = false) throws -> [String] {
        var parser = SSEParser()
        var events: [SSEEvent] = []
        for piece in pieces { events += try parser.push(ByteBuffer(string: piece)) }
        if finish, let last = parser.finish() { events.append(last) }
        return events.map { "\($0.event ?? "-")|\(String(buffer: $0.data))|\($0.id ?? "-")" }
    }

    @Test(arguments: [
        ("data: a\n\n", ["-|a|-"]), ("data:a\r\n\r\ndata:  b\r\r", ["-|a|-", "-| b|-"]), (": note\n\ndata: a\n\n", ["-|a|-"]),
        ("data: a\ndata\ndata: c\n\n", ["-|a\n\nc|-"]), ("event: x\ndata: a\nid: 7\n\ndata: b\n\n", ["x|a|7", "-|b|7"]),
        ("event: x\n\ndata: a\n\n", ["-|a|-"]), ("\u{feff}data: a\n\n", ["-|a|-"]), ("data: a\n", []), ("data\n\n", ["-||-"]),
        ("database: a\ndatum\nretry: 5\ndata: a\n\n", ["-|a|-"]), ("id: a\u{0}b\ndata: x\n\n", ["-|x|-"]), ("", []), ("\n\n\n", []),
    ])
    func cutsEvents(text: String, expected: [String]) throws {
        #expect(try events([text]) == expected)
    }

    @Test func everySplitGivesTheSameEvents() throws {
        let text = "\u{feff}: hi\r\ndata: {\"a\":\"漢\"}\r\n\r\nevent: e\rdata: b\rdata: c\r\rid: 3\ndata: d\n\n"
        let whole = try events([text])
        #expect(whole == ["-|{\"a\":\"漢\"}|-", "e|b\nc|-", "-|d|3"])
        let bytes = ByteBuffer(string: text)
        for cut in 0...bytes.readableBytes {
            var parser = SSEParser()
            var found = try parser.push(bytes.getSlice(at: 0, length: cut) ?? ByteBuffer())
            found += try parser.push(bytes.getSlice(at: cut, length: bytes.readableBytes - cut) ?? ByteBuffer())
            #expect(found.map { "\($0.event ?? "-")|\(String(buffer: $0.data))|\($0.id ?? "-")" } == whole)
        }
        #expect(try events(text.utf8.map { String(decoding: [$0], as: UTF8.self) }.filter { $0 != "\u{fffd}" }).count == 3)
    }

    @Test func finishGivesWhatHasNoBlankLineBehindIt() throws {
        #expect(try events(["data: a\n\ndata: [DO", "NE]"], finish: true) == ["-|a|-", "-|[DONE]|-"])
        #expect(try events(["data: a\n\n"], finish: true) == ["-|a|-"])
    }

    @Test func refusesEventsOverTheLimit() throws {
        var oneLine = SSEParser(limit: 10)
        _ = try oneLine.push(ByteBuffer(string: "data: 1234"))
        #expect(throws: SSEEventTooLarge(limit: 10)) { try oneLine.push(ByteBuffer(string: "5")) }
        var manyLines = SSEParser(limit: 10)
        #expect(throws: SSEEventTooLarge(limit: 10)) { try manyLines.push(ByteBuffer(string: String(repeating: "data: 1\n", count: 20))) }
    }
}
