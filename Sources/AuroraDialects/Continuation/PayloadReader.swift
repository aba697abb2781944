import NIOCore

/// Cuts a stream of either framing, split anywhere, into the documents in it.
struct PayloadReader: Sendable {
    private static let limit = 16 << 20

    private let framing: StreamTail.Kind
    private var events = SSEParser(limit: limit)
    /// The start of a line whose end has not come.
    private var line = ByteBuffer()

    init(_ framing: StreamTail.Kind) {
        self.framing = framing
    }

    /// The documents that end in these bytes; `[DONE]` is among them.
    mutating func push(_ bytes: ByteBuffer) throws(SSEEventTooLarge) -> [ByteBuffer] {
        if framing == .sse { return try events.push(bytes).map(\.data) }
        var input = line
        let searched = input.readableBytes
        input.writeImmutableBuffer(bytes)
        var lines: [ByteBuffer] = []
        while let next = Self.takeLine(&input, searched: lines.isEmpty ? searched : 0) { lines.append(next) }
        guard input.readableBytes <= Self.limit else { throw SSEEventTooLarge(limit: Self.limit) }
        line = input
        return lines.filter { !Self.isBlank($0) }
    }

    /// What the stream left without a proper end.
    mutating func finish() -> ByteBuffer? {
        if framing == .sse { return events.finish()?.data }
        defer { line = ByteBuffer() }
        return Self.isBlank(line) ? nil : line
    }

    private static func takeLine(_ input: inout ByteBuffer, searched: Int) -> ByteBuffer? {
        let length = input.withUnsafeReadableBytes { PlainText.first(0x0a, in: $0, from: min(searched, $0.count)) }
        guard length < input.readableBytes, let line = input.readSlice(length: length) else { return nil }
        input.moveReaderIndex(forwardBy: 1)
        return line
    }

    private static func isBlank(_ line: ByteBuffer) -> Bool { line.readableBytesView.allSatisfy { $0 <= 0x20 } }
}
