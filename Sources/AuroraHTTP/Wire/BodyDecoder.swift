public import NIOCore

/// How the end of a body is found (RFC 9112, section 6).
public enum BodyFraming: Sendable, Equatable {
    case none
    /// Bytes.
    case length(Int)
    case chunked
    /// The connection's end is the body's; answers only.
    case untilClose

    /// Of a request. Both `Content-Length` and `Transfer-Encoding`, several lengths, or a coding beside `chunked` are refused: that
    /// is how requests are smuggled past a gateway.
    public static func of(_ head: RequestHead) throws(HeadError) -> BodyFraming {
        let coded = head.fields.contains(.transferEncoding)
        let length = try length(head.fields)
        guard coded else { return length.map { $0 == 0 ? .none : .length($0) } ?? .none }
        guard length == nil, head.minorVersion == 1, isChunked(head.fields) else {
            throw .malformed("the length of the body is told in more than one way")
        }
        return .chunked
    }

    /// Of an answer to a request that was not `HEAD`.
    public static func of(_ head: ResponseHead) throws(HeadError) -> BodyFraming {
        if head.status < 200 || head.status == 204 || head.status == 304 { return .none }
        if head.fields.contains(.transferEncoding) {
            guard isChunked(head.fields) else { return .untilClose }
            return .chunked
        }
        return try length(head.fields).map { .length($0) } ?? .untilClose
    }

    private static func isChunked(_ fields: HeaderFields) -> Bool {
        fields.lines.filter { $0.name == .transferEncoding }.count == 1 && fields[.transferEncoding]?.lowercased() == "chunked"
    }

    private static func length(_ fields: HeaderFields) throws(HeadError) -> Int? {
        var found: Int?
        for line in fields.lines where line.name == .contentLength {
            let text = fields.value(line)
            guard !text.isEmpty, text.utf8.count <= 18, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let length = Int(text) else {
                throw .malformed("Content-Length is not a number")
            }
            guard found == nil || found == length else { throw .malformed("there are two lengths") }
            found = length
        }
        return found
    }
}

/// Takes bodies apart piece by piece: bytes of the connection in, bytes of the body out.
public struct BodyDecoder: Sendable {
    private enum State: Sendable, Equatable {
        case length(Int)
        case untilClose
        case chunkSize
        case chunk(Int)
        case chunkEnd
        case trailer
        case ended
    }

    /// A chunk's size line, or a trailer line, is this long at most.
    private static let lineLimit = 4096

    private var state: State
    private var trailerBytes = 0

    public init(_ framing: BodyFraming) {
        state =
            switch framing {
            case .none, .length(0): .ended
            case .length(let length): .length(length)
            case .chunked: .chunkSize
            case .untilClose: .untilClose
            }
    }

    public var isEnded: Bool { state == .ended }

    /// Whether the end of the connection is a right end of the body.
    public var endsWithConnection: Bool { state == .untilClose }

    /// All that the buffer has of the body. Pieces that came together are given back together.
    public mutating func decode(_ buffer: inout ByteBuffer) throws(HeadError) -> ByteBuffer? {
        var found: ByteBuffer?
        while let piece = try next(&buffer) {
            if found == nil {
                found = piece
            } else {
                found?.writeImmutableBuffer(piece)
            }
        }
        return found
    }

    /// Nil when more bytes are needed or the body has ended.
    private mutating func next(_ buffer: inout ByteBuffer) throws(HeadError) -> ByteBuffer? {
        while true {
            switch state {
            case .ended: return nil
            case .untilClose: return take(buffer.readableBytes, &buffer)
            case .length(let left):
                let piece = take(min(left, buffer.readableBytes), &buffer)
                let rest = left - (piece?.readableBytes ?? 0)
                state = rest == 0 ? .ended : .length(rest)
                return piece
            case .chunk(let left):
                let piece = take(min(left, buffer.readableBytes), &buffer)
                let rest = left - (piece?.readableBytes ?? 0)
                state = rest == 0 ? .chunkEnd : .chunk(rest)
                return piece
            case .chunkSize:
                guard let line = try line(&buffer) else { return nil }
                let size = try Self.size(line)
                state = size == 0 ? .trailer : .chunk(size)
            case .chunkEnd:
                guard let line = try line(&buffer) else { return nil }
                guard line.readableBytes == 0 else { throw .malformed("a chunk is longer than it says") }
                state = .chunkSize
            case .trailer:
                guard let line = try line(&buffer) else { return nil }
                trailerBytes += line.readableBytes
                guard trailerBytes <= Self.lineLimit else { throw .tooLarge }
                if line.readableBytes == 0 { state = .ended }
            }
        }
    }

    private func take(_ count: Int, _ buffer: inout ByteBuffer) -> ByteBuffer? {
        count == 0 ? nil : buffer.readSlice(length: count)
    }

    private func line(_ buffer: inout ByteBuffer) throws(HeadError) -> ByteBuffer? {
        let view = buffer.readableBytesView
        guard let feed = view.firstIndex(of: 0x0A) else {
            guard view.count <= Self.lineLimit else { throw .tooLarge }
            return nil
        }
        let count = feed - view.startIndex
        guard count > 0, view[feed - 1] == 0x0D, count <= Self.lineLimit else { throw .malformed("a line of a chunk ends without CR LF") }
        let line = buffer.readSlice(length: count - 1)
        buffer.moveReaderIndex(forwardBy: 2)
        return line
    }

    /// The hexadecimal number in front; what follows a semicolon is an extension and means nothing here.
    private static func size(_ line: ByteBuffer) throws(HeadError) -> Int {
        var size = 0
        var digits = 0
        for byte in line.readableBytesView {
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            case 0x3B where digits > 0, 0x20 where digits > 0, 0x09 where digits > 0: return size
            default: throw .malformed("the size of a chunk is not a number")
            }
            digits += 1
            guard digits <= 15 else { throw .malformed("a chunk is too large") }
            size = size * 16 + Int(digit)
        }
        guard digits > 0 else { throw .malformed("a chunk has no size") }
        return size
    }
}
