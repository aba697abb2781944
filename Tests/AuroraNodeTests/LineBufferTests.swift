import Testing

@testable import AuroraNode

@Suite("Lines of a log that is followed")
struct LineBufferTests {
    @Test func areWholeHoweverTheirBytesCome() {
        let bytes = Array("one\ntwo\r\n\nthree ä\nrest".utf8)
        for size in 1...bytes.count {
            var buffer = LineBuffer(limit: 100)
            var lines: [String] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                lines += buffer.take(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            #expect(lines == ["one", "two", "", "", "three ä"])
        }
    }

    @Test func withoutAnEndComeInPieces() {
        var buffer = LineBuffer(limit: 4)
        #expect(buffer.take(Array("abcdefghij".utf8)) == ["abcd", "efgh"])
        #expect(buffer.take([10]) == ["ij"])
    }
}
