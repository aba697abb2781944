import NIOCore
import NIOWebSocket

/// The body of a close frame (RFC 6455, section 5.5.1).
struct WebSocketCloseFrame: Equatable {
    /// Nil where the frame has no body, which is allowed.
    let code: UInt16?
    let reason: String

    static let maximumReasonLength = 123

    /// A frame of ours. A code that may not be sent becomes 1011, a reason over 123 bytes is cut at the end of a character.
    init(code: Int, reason: String) {
        self.code = UInt16(exactly: code).flatMap { Self.maySend($0) ? $0 : nil } ?? 1011
        var kept = reason
        while kept.utf8.count > Self.maximumReasonLength { kept.removeLast() }
        self.reason = kept
    }

    /// What the peer sent; throws the code to answer it with when it breaks the rules.
    init(parsing body: ByteBuffer) throws(WebSocketViolation) {
        var body = body
        guard body.readableBytes > 0 else {
            (code, reason) = (nil, "")
            return
        }
        guard let code = body.readInteger(as: UInt16.self), Self.maySend(code) else {
            throw WebSocketViolation(1002, "bad close code")
        }
        self.code = code
        self.reason = try body.readWebSocketText()
    }

    /// Codes that may travel in a frame: those defined, and the ranges for libraries and applications.
    private static func maySend(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }

    func frame(allocator: ByteBufferAllocator) -> WebSocketFrame {
        var body = allocator.buffer(capacity: 2 + reason.utf8.count)
        if let code {
            body.writeInteger(code)
            body.writeString(reason)
        }
        return WebSocketFrame(fin: true, opcode: .connectionClose, data: body)
    }
}

/// A rule of RFC 6455 that the peer broke, and the close code that says so.
struct WebSocketViolation: Error, Equatable {
    let code: Int
    let reason: String

    init(_ code: Int, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

extension ByteBuffer {
    /// Everything readable as text; a violation (1007) when it is not UTF-8.
    mutating func readWebSocketText() throws(WebSocketViolation) -> String {
        do {
            return try readUTF8ValidatedString(length: readableBytes) ?? ""
        } catch {
            throw WebSocketViolation(1007, "text is not UTF-8")
        }
    }
}
