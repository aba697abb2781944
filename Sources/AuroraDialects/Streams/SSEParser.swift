public import NIOCore

/// One server-sent event.
public struct SSEEvent: Sendable, Equatable {
    /// What follows `event:`; nil for the default, a message.
    public let event: String?
    /// The `data:` lines, joined by line feeds.
    public let data: ByteBuffer
    /// The last `id:` of the stream so far.
    public let id: String?

    public init(event: String? = nil, data: ByteBuffer, id: String? = nil) {
        self.event = event
        self.data = data
        self.id = id
    }
}

/// An event is larger than its reader is ready to hold.
public struct SSEEventTooLarge: Error, Sendable, Equatable {
    /// In bytes.
    public let limit: Int

    public init(limit: Int) {
        self.limit = limit
    }
}

/// Cuts a stream of bytes, split anywhere, into server-sent events. Lines may end in LF, CR or both; comments are dropped.
///
/// An event that comes whole in one piece, which is nearly every one, is a slice of that piece and is not copied.
public struct SSEParser: Sendable {
    private let limit: Int
    /// The start of a line whose end has not come.
    private var unfinished = ByteBuffer()
    /// The `data:` lines of the event whose end has not come.
    private var data: ByteBuffer?
    private var event: String?
    private var id: String?
    /// The last byte was a carriage return; a line feed right behind it belongs to it.
    private var afterReturn = false
    private var atStart = true

    /// `limit` is the most bytes of one event that are held.
    public init(limit: Int = 16 << 20) {
        self.limit = limit
    }

    /// The events that end in these bytes.
    public mutating func push(_ bytes: ByteBuffer) throws(SSEEventTooLarge) -> [SSEEvent] {
        var input = bytes
        var searched = 0
        if unfinished.readableBytes > 0 {
            searched = unfinished.readableBytes
            unfinished.writeBuffer(&input)
            input = unfinished
            unfinished = ByteBuffer()
        }
        var events: [SSEEvent] = []
        while let line = takeLine(&input, searched: searched) {
            searched = 0
            if let event = read(line) { events.append(event) }
            try checkSize(0)
        }
        try checkSize(input.readableBytes)
        unfinished = input
        return events
    }

    /// What the stream left without a blank line at its end. A browser would drop it; some engines end so.
    public mutating func finish() -> SSEEvent? {
        if unfinished.readableBytes > 0 { _ = read(unfinished) }
        unfinished = ByteBuffer()
        return dispatch()
    }

    private func checkSize(_ pending: Int) throws(SSEEventTooLarge) {
        guard pending + (data?.readableBytes ?? 0) <= limit else { throw SSEEventTooLarge(limit: limit) }
    }
}

extension SSEParser {
    /// The next line without its end; nil when the end has not come. `searched` bytes are known to hold none.
    private mutating func takeLine(_ input: inout ByteBuffer, searched: Int) -> ByteBuffer? {
        if afterReturn, let first = input.readableBytesView.first {
            afterReturn = false
            if first == 0x0a { input.moveReaderIndex(forwardBy: 1) }
        }
        let length = input.withUnsafeReadableBytes { PlainText.firstLineEnd(in: $0, from: min(searched, $0.count)) }
        guard length < input.readableBytes, let line = input.readSlice(length: length) else { return nil }
        afterReturn = input.readInteger(as: UInt8.self) == 0x0d
        return line
    }

    /// Takes one line in; the event when this line ends one.
    private mutating func read(_ line: ByteBuffer) -> SSEEvent? {
        var line = line
        if atStart {
            atStart = false
            if line.readableBytesView.starts(with: [0xef, 0xbb, 0xbf]) { line.moveReaderIndex(forwardBy: 3) }
        }
        guard line.readableBytes > 0 else { return dispatch() }
        if let value = Self.value(of: "data", in: line) {
            append(value)
        } else if let value = Self.value(of: "event", in: line) {
            event = String(buffer: value)
        } else if let value = Self.value(of: "id", in: line), !value.readableBytesView.contains(0) {
            id = String(buffer: value)
        }
        return nil
    }

    private mutating func append(_ value: ByteBuffer) {
        guard data != nil else { return data = value }
        data?.writeStaticString("\n")
        data?.writeImmutableBuffer(value)
    }

    private mutating func dispatch() -> SSEEvent? {
        defer { (data, event) = (nil, nil) }
        return data.map { SSEEvent(event: event, data: $0, id: id) }
    }

    /// What follows `name:` and one space; nil when the line is of another field. A name alone has an empty value.
    private static func value(of name: StaticString, in line: ByteBuffer) -> ByteBuffer? {
        let length = name.utf8CodeUnitCount
        let start: Int? = line.withUnsafeReadableBytes { bytes in
            guard bytes.count >= length else { return nil }
            for place in 0..<length where bytes[place] != name.utf8Start[place] { return nil }
            guard bytes.count > length else { return length }
            guard bytes[length] == UInt8(ascii: ":") else { return nil }
            return bytes.count > length + 1 && bytes[length + 1] == 0x20 ? length + 2 : length + 1
        }
        return start.flatMap { line.getSlice(at: line.readerIndex + $0, length: line.readableBytes - $0) }
    }
}
