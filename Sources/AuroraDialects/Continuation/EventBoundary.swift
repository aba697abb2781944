public import NIOCore

/// Passes on only whole events of a stream, and holds back the beginning of the next one until the rest of it is there.
///
/// A client that has seen half an event cannot be given the other half by another engine. Nearly every piece ends where an
/// event ends; it is passed on as it is, without a copy.
public struct EventBoundary: Sendable {
    private let framing: StreamTail.Kind
    /// An event larger than this is passed on in pieces; what is behind such a cut cannot be continued.
    private let limit: Int
    private var held = ByteBuffer()

    /// `limit` is in bytes.
    public init(_ framing: StreamTail.Kind, limit: Int = 16 << 20) {
        self.framing = framing
        self.limit = limit
    }

    /// How many bytes wait for the rest of their event.
    public var heldBytes: Int { held.readableBytes }

    /// The bytes that may be sent now; may be empty.
    public mutating func push(_ bytes: ByteBuffer) -> ByteBuffer {
        guard held.readableBytes > 0 else { return cut(bytes, searched: 0) }
        // The end of an event is up to four bytes long and may begin in what is held.
        let searched = max(0, held.readableBytes - 3)
        var joined = held
        held = ByteBuffer()
        joined.writeImmutableBuffer(bytes)
        return cut(joined, searched: searched)
    }

    /// What is held, for a stream that came to its end without ending its last event.
    public mutating func finish() -> ByteBuffer {
        defer { held = ByteBuffer() }
        return held
    }

    private mutating func cut(_ bytes: ByteBuffer, searched: Int) -> ByteBuffer {
        let end = bytes.withUnsafeReadableBytes { Self.end(of: framing, in: $0, from: searched) }
        guard end < bytes.readableBytes, bytes.readableBytes - end <= limit else { return bytes }
        var whole = bytes
        let ready = whole.readSlice(length: end) ?? ByteBuffer()
        held = whole
        return ready
    }

    /// The place behind the last event that ends at or after `start`; 0 when none does.
    private static func end(of framing: StreamTail.Kind, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard framing != .whole else { return bytes.count }
        var place = bytes.count
        while place > start {
            place -= 1
            if framing == .ndjson ? bytes[place] == 0x0a : endsEmptyLine(bytes, place) { return place + 1 }
        }
        return 0
    }

    /// Whether the byte at `place` ends a line in which nothing stands. Lines end in LF, CR or both.
    private static func endsEmptyLine(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> Bool {
        guard isLineEnd(bytes[place]), place > 0 else { return false }
        if bytes[place] == 0x0a, bytes[place - 1] == 0x0d { return place > 1 && isLineEnd(bytes[place - 2]) }
        return isLineEnd(bytes[place - 1])
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0a || byte == 0x0d }
}
