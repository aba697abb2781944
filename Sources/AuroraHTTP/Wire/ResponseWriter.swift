public import NIOCore

/// Writes answers of HTTP/1 as bytes: head, body as it comes, end. What is small is joined, so that it leaves in one write.
public struct ResponseWriter: Sendable {
    private enum Framing: Sendable { case length, chunked, untilClose }

    /// Pieces up to this size are copied behind what waits already; larger ones go out as they are.
    private static let joinLimit = 16 * 1024

    /// What waits to be sent, in order.
    private var waiting = ByteBuffer()
    private var large: [ByteBuffer] = []
    private var framing = Framing.length
    /// The connection must close behind this answer, because nothing else tells its end.
    public private(set) var endsWithConnection = false

    public init() {}

    public var isEmpty: Bool { waiting.readableBytes == 0 && large.isEmpty }

    /// - Parameters:
    ///   - fields: lines of fields, each with its CR LF, without those of framing.
    ///   - length: of the body in bytes; nil when it is not known yet.
    ///   - minorVersion: of the request. A client of HTTP/1.0 cannot be sent chunks.
    public mutating func head(status: Int, fields: ByteBuffer, length: Int?, minorVersion: Int, keepAlive: Bool) {
        waiting.writeStaticString("HTTP/1.1 ")
        waiting.writeString(StatusLine.text(status))
        waiting.writeStaticString("\r\n")
        waiting.writeImmutableBuffer(fields)
        endsWithConnection = false
        if let length {
            framing = .length
            waiting.writeStaticString("content-length: ")
            waiting.writeString(String(length))
            waiting.writeStaticString("\r\n")
        } else if minorVersion == 1 {
            framing = .chunked
            waiting.writeStaticString("transfer-encoding: chunked\r\n")
        } else {
            framing = .untilClose
            endsWithConnection = true
        }
        if !keepAlive || endsWithConnection {
            waiting.writeStaticString("connection: close\r\n")
        } else if minorVersion == 0 {
            waiting.writeStaticString("connection: keep-alive\r\n")
        }
        waiting.writeStaticString("\r\n")
    }

    public mutating func body(_ bytes: ByteBuffer) {
        guard bytes.readableBytes > 0 else { return }
        guard framing == .chunked else { return append(bytes) }
        waiting.writeString(String(bytes.readableBytes, radix: 16))
        waiting.writeStaticString("\r\n")
        append(bytes)
        waiting.writeStaticString("\r\n")
    }

    /// - Parameter trailer: lines of fields for the end of a chunked answer; other answers have no place for them.
    public mutating func end(trailer: ByteBuffer? = nil) {
        guard framing == .chunked else { return }
        waiting.writeStaticString("0\r\n")
        if let trailer { waiting.writeImmutableBuffer(trailer) }
        waiting.writeStaticString("\r\n")
    }

    private mutating func append(_ bytes: ByteBuffer) {
        guard bytes.readableBytes > Self.joinLimit else {
            waiting.writeImmutableBuffer(bytes)
            return
        }
        if waiting.readableBytes > 0 { large.append(waiting) }
        large.append(bytes)
        waiting = ByteBuffer()
    }

    /// Hands over everything that waits. The last buffer's room is used again where nobody else holds it by then.
    public mutating func take(_ send: (ByteBuffer) -> Void) {
        for buffer in large { send(buffer) }
        large.removeAll()
        if waiting.readableBytes > 0 { send(waiting) }
        waiting.clear()
    }
}

/// Status codes with their words.
enum StatusLine {
    static func text(_ status: Int) -> String {
        switch status {
        case 200: "200 OK"
        case 400: "400 Bad Request"
        case 401: "401 Unauthorized"
        case 403: "403 Forbidden"
        case 404: "404 Not Found"
        case 405: "405 Method Not Allowed"
        case 413: "413 Payload Too Large"
        case 429: "429 Too Many Requests"
        case 500: "500 Internal Server Error"
        case 502: "502 Bad Gateway"
        case 503: "503 Service Unavailable"
        case 504: "504 Gateway Timeout"
        default: "\(status) -"
        }
    }
}

extension ByteBuffer {
    /// Writes one field line. Line ends in the value, which would let it write further fields, become blanks.
    public mutating func writeField(_ name: StaticString, _ value: String) {
        writeStaticString(name)
        writeStaticString(": ")
        // Not for any kind of text: code for all kinds costs several times as much.
        let isClean = value.utf8.withContiguousStorageIfAvailable { $0.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
        if isClean == true {
            writeString(value)
        } else {
            writeBytes(value.utf8.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 })
        }
        writeStaticString("\r\n")
    }
}
