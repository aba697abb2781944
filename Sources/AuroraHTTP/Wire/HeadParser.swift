public import NIOCore

/// Why bytes are not the head of an HTTP/1 message that is taken here.
public enum HeadError: Error, Sendable, Equatable {
    case malformed(String)
    /// Over the limit on bytes or on the number of fields.
    case tooLarge
}

/// The head of a request, HTTP/1.0 or 1.1.
public struct RequestHead: Sendable {
    public let method: String
    /// Path and query as they were sent.
    public let target: String
    /// 0 or 1.
    public let minorVersion: Int
    public let fields: HeaderFields

    public init(method: String, target: String, minorVersion: Int, fields: HeaderFields) {
        self.method = method
        self.target = target
        self.minorVersion = minorVersion
        self.fields = fields
    }

    public var isKeepAlive: Bool {
        guard fields.contains(.connection) else { return minorVersion == 1 }
        return minorVersion == 1 ? !fields.has("close", in: .connection) : fields.has("keep-alive", in: .connection)
    }
}

/// The head of an answer, HTTP/1.0 or 1.1.
public struct ResponseHead: Sendable {
    /// 100 to 999.
    public let status: Int
    public let minorVersion: Int
    public let fields: HeaderFields

    public init(status: Int, minorVersion: Int = 1, fields: HeaderFields = HeaderFields()) {
        self.status = status
        self.minorVersion = minorVersion
        self.fields = fields
    }

    public var isKeepAlive: Bool {
        guard fields.contains(.connection) else { return minorVersion == 1 }
        return minorVersion == 1 ? !fields.has("close", in: .connection) : fields.has("keep-alive", in: .connection)
    }
}

/// Reads the heads of HTTP/1 messages (RFC 9112) strictly: lines end with CR LF, no field is folded, no blank stands before a
/// colon, and no control character is in a value. What is read in two ways elsewhere is refused here.
public struct HeadParser: Sendable {
    private let byteLimit: Int
    private let fieldLimit: Int
    /// Bytes that were searched for the end of the head already.
    private var searched = 0

    public init(byteLimit: Int = 32 * 1024, fieldLimit: Int = 200) {
        self.byteLimit = byteLimit
        self.fieldLimit = fieldLimit
    }

    /// Takes a request's head off the buffer; nil while it is not whole.
    public mutating func request(_ buffer: inout ByteBuffer) throws(HeadError) -> RequestHead? {
        skipEmptyLines(&buffer)
        guard let (head, fields, first) = try takeHead(&buffer) else { return nil }
        return try head.withUnsafeReadableBytes { (all: UnsafeRawBufferPointer) throws(HeadError) -> RequestHead in
            let line = UnsafeRawBufferPointer(rebasing: all[..<first])
            guard let space = line.firstIndex(of: 0x20), let last = line.lastIndex(of: 0x20), space > 0, last > space + 1 else {
                throw .malformed("the first line is not METHOD TARGET VERSION")
            }
            let method = UnsafeRawBufferPointer(rebasing: line[..<space])
            let target = UnsafeRawBufferPointer(rebasing: line[(space + 1)..<last])
            guard method.allSatisfy(Bytes.isToken) else { throw .malformed("the method is not a word") }
            guard target.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { throw .malformed("the target has blanks or control characters") }
            let minor = try Self.version(UnsafeRawBufferPointer(rebasing: line[(last + 1)...]))
            return RequestHead(
                method: Bytes.elementsEqual(method, "POST") ? "POST" : String(decoding: method, as: UTF8.self),
                target: String(decoding: target, as: UTF8.self), minorVersion: minor, fields: fields)
        }
    }

    /// Takes an answer's head off the buffer; nil while it is not whole.
    public mutating func response(_ buffer: inout ByteBuffer) throws(HeadError) -> ResponseHead? {
        guard let (head, fields, first) = try takeHead(&buffer) else { return nil }
        return try head.withUnsafeReadableBytes { (all: UnsafeRawBufferPointer) throws(HeadError) -> ResponseHead in
            let line = UnsafeRawBufferPointer(rebasing: all[..<first])
            guard line.count >= 12, line[8] == 0x20, line.count == 12 || line[12] == 0x20 else {
                throw .malformed("the first line is not VERSION STATUS REASON")
            }
            let minor = try Self.version(UnsafeRawBufferPointer(rebasing: line[..<8]))
            var status = 0
            for byte in line[9..<12] {
                guard byte >= 0x30, byte <= 0x39 else { throw .malformed("the status is not a number") }
                status = status * 10 + Int(byte - 0x30)
            }
            guard status >= 100 else { throw .malformed("the status is under 100") }
            return ResponseHead(status: status, minorVersion: minor, fields: fields)
        }
    }

    /// RFC 9112, section 2.2: some clients send one after a body.
    private func skipEmptyLines(_ buffer: inout ByteBuffer) {
        while let pair = buffer.getInteger(at: buffer.readerIndex, as: UInt16.self), pair == 0x0D0A { buffer.moveReaderIndex(forwardBy: 2) }
    }

    private mutating func takeHead(_ buffer: inout ByteBuffer) throws(HeadError) -> (ByteBuffer, HeaderFields, firstLine: Int)? {
        let from = max(0, searched - 3)
        guard let end = buffer.withUnsafeReadableBytes({ Bytes.endOfHead($0, from: from) }) else {
            guard buffer.readableBytes <= byteLimit else { throw .tooLarge }
            searched = buffer.readableBytes
            return nil
        }
        searched = 0
        guard end <= byteLimit else { throw .tooLarge }
        guard let head = buffer.readSlice(length: end) else { return nil }
        let (first, found) = try head.withUnsafeReadableBytes {
            (all: UnsafeRawBufferPointer) throws(HeadError) -> (Int, [HeaderFields.Line]) in try lines(of: all)
        }
        return (head, HeaderFields(bytes: head, lines: found), first)
    }

    /// The length of the first line, and the fields behind it.
    private func lines(of all: UnsafeRawBufferPointer) throws(HeadError) -> (Int, [HeaderFields.Line]) {
        guard let first = Bytes.lineEnd(all, from: 0) else { throw .malformed("a line ends without CR LF") }
        var lines: [HeaderFields.Line] = []
        lines.reserveCapacity(16)
        var place = first + 2
        while let end = Bytes.lineEnd(all, from: place), end > place {
            guard lines.count < fieldLimit else { throw .tooLarge }
            lines.append(try Self.field(all, place..<end))
            place = end + 2
        }
        guard place + 2 == all.count else { throw .malformed("a line ends without CR LF") }
        return (first, lines)
    }

    private static func field(_ all: UnsafeRawBufferPointer, _ range: Range<Int>) throws(HeadError) -> HeaderFields.Line {
        let line = UnsafeRawBufferPointer(rebasing: all[range])
        guard let colon = line.firstIndex(of: 0x3A), colon > 0 else { throw .malformed("a field has no name") }
        let name = UnsafeRawBufferPointer(rebasing: line[..<colon])
        guard name.allSatisfy(Bytes.isToken) else { throw .malformed("the name of a field is not a word") }
        var start = colon + 1
        var end = line.count
        while start < end, Bytes.isBlank(line[start]) { start += 1 }
        while end > start, Bytes.isBlank(line[end - 1]) { end -= 1 }
        guard line[start..<end].allSatisfy(Bytes.isText) else { throw .malformed("a field has control characters") }
        return HeaderFields.Line(
            name: HeaderName(name), start: UInt32(range.lowerBound), nameLength: UInt32(colon),
            valueStart: UInt32(range.lowerBound + start), valueLength: UInt32(end - start))
    }

    private static func version(_ text: UnsafeRawBufferPointer) throws(HeadError) -> Int {
        if Bytes.elementsEqual(text, "HTTP/1.1") { return 1 }
        if Bytes.elementsEqual(text, "HTTP/1.0") { return 0 }
        throw .malformed("the version is neither HTTP/1.0 nor HTTP/1.1")
    }
}
