import AuroraDialects
import NIOCore
import Testing

@Suite struct EventBoundaryTests {
    private func pieces(_ text: String, _ framing: StreamTail.Kind, size: Int) -> [String] {
        var boundary = EventBoundary(framing)
        var input = ByteBuffer(string: text)
        var out: [String] = []
        while let piece = input.readSlice(length: min(size, input.readableBytes)), piece.readableBytes > 0 {
            out.append(String(buffer: boundary.push(piece)))
        }
        out.append(String(buffer: boundary.finish()))
        return out.filter { !$0.isEmpty }
    }

    @Test func aWholePieceIsPassedOnAtOnce() {
        var boundary = EventBoundary(.sse)
        #expect(String(buffer: boundary.push(ByteBuffer(string: "data: a\n\ndata: b\n\n"))) == "data: a\n\ndata: b\n\n")
        #expect(boundary.heldBytes == 0)
    }

    @Test(arguments: ["\n", "\r\n", "\r"]) func halfAnEventIsHeldBack(_ end: String) {
        var boundary = EventBoundary(.sse)
        #expect(String(buffer: boundary.push(ByteBuffer(string: "data: a\(end)\(end)data: b"))) == "data: a\(end)\(end)")
        #expect(boundary.heldBytes == 7)
        #expect(boundary.push(ByteBuffer(string: end)).readableBytes == 0)
        #expect(String(buffer: boundary.push(ByteBuffer(string: end))) == "data: b\(end)\(end)")
    }

    @Test func whatIsReleasedHoldsWholeEvents() throws {
        let text = "data: a\r\n\r\n: ping\n\ndata: b\ndata: c\n\ndata: d\r\n\r\n"
        for size in 1...text.utf8.count {
            let out = pieces(text, .sse, size: size)
            #expect(out.joined() == text)
            var events = 0
            for piece in out {
                var parser = SSEParser()
                events += try parser.push(ByteBuffer(string: piece)).count
                #expect(parser.finish() == nil, "\(size): \(out)")
            }
            #expect(events == 3)
        }
    }

    @Test func linesAreCutAtTheirEnds() {
        let text = "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n"
        for size in 1...text.utf8.count {
            let out = pieces(text, .ndjson, size: size)
            #expect(out.joined() == text)
            #expect(out.allSatisfy { $0.hasSuffix("}\n") })
        }
    }

    @Test func anEventOverTheLimitIsNotHeld() {
        var boundary = EventBoundary(.sse, limit: 10)
        #expect(boundary.push(ByteBuffer(string: "data: 1234")).readableBytes == 0)
        #expect(String(buffer: boundary.push(ByteBuffer(string: "5"))) == "data: 12345")
        #expect(boundary.heldBytes == 0)
    }

    @Test func oneDocumentIsNeverHeld() {
        var boundary = EventBoundary(.whole)
        #expect(String(buffer: boundary.push(ByteBuffer(string: "{\"a\""))) == "{\"a\"")
    }
}
