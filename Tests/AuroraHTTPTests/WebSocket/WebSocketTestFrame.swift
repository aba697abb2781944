import NIOCore
import Testing

/// A frame as it travels, right or wrong: the tests write bytes and do not lean on the server's own encoder.
struct WebSocketTestFrame: Equatable, Sendable, CustomTestStringConvertible {
    var opcode: UInt8
    var payload: [UInt8]
    var fin = true
    var reserved: UInt8 = 0
    var mask: [UInt8]? = [0x12, 0x34, 0x56, 0x78]

    static func text(_ text: String, fin: Bool = true) -> Self { Self(opcode: 1, payload: Array(text.utf8), fin: fin) }
    static func more(_ text: String, fin: Bool = true) -> Self { Self(opcode: 0, payload: Array(text.utf8), fin: fin) }
    static func ping(_ text: String) -> Self { Self(opcode: 9, payload: Array(text.utf8)) }
    static func close(_ code: UInt16, _ reason: String = "") -> Self {
        Self(opcode: 8, payload: [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
    }

    var string: String { String(decoding: payload, as: UTF8.self) }
    var closeCode: Int? { opcode == 8 && payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil }
    var testDescription: String { "opcode \(opcode), \(payload.count) bytes, fin \(fin), reserved \(reserved)" }

    func encoded() -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeInteger(UInt8((fin ? 0x80 : 0) | reserved << 4 | opcode))
        let masked: UInt8 = mask == nil ? 0 : 0x80
        switch payload.count {
        case 0...125: buffer.writeInteger(masked | UInt8(payload.count))
        case 126...0xFFFF:
            buffer.writeInteger(masked | 126)
            buffer.writeInteger(UInt16(payload.count))
        default:
            buffer.writeInteger(masked | 127)
            buffer.writeInteger(UInt64(payload.count))
        }
        guard let mask, mask != [0, 0, 0, 0] else {
            if mask != nil { buffer.writeRepeatingByte(0, count: 4) }
            buffer.writeBytes(payload)
            return buffer
        }
        buffer.writeBytes(mask)
        buffer.writeBytes(payload.enumerated().map { $0.element ^ mask[$0.offset % 4] })
        return buffer
    }

    /// Takes one frame off the front; nil when it has not all come yet.
    init?(from buffer: inout ByteBuffer) {
        var rest = buffer
        guard let first = rest.readInteger(as: UInt8.self), let second = rest.readInteger(as: UInt8.self) else { return nil }
        var length = Int(second & 0x7F)
        if length == 126 {
            guard let long = rest.readInteger(as: UInt16.self) else { return nil }
            length = Int(long)
        } else if length == 127 {
            guard let long = rest.readInteger(as: UInt64.self) else { return nil }
            length = Int(clamping: long)
        }
        guard second & 0x80 == 0, let payload = rest.readBytes(length: length) else { return nil }
        self.init(opcode: first & 0x0F, payload: payload, fin: first & 0x80 != 0, reserved: first >> 4 & 0x07, mask: nil)
        buffer = rest
    }

    init(opcode: UInt8, payload: [UInt8], fin: Bool = true, reserved: UInt8 = 0, mask: [UInt8]? = [0x12, 0x34, 0x56, 0x78]) {
        (self.opcode, self.payload, self.fin, self.reserved, self.mask) = (opcode, payload, fin, reserved, mask)
    }
}
