public import NIOCore

extension JSON {
    /// Writes the value without white space, keys in their order, numbers as they were spelled.
    public func write(into buffer: inout ByteBuffer) {
        switch self {
        case .null: buffer.writeStaticString("null")
        case .bool(let value): buffer.writeStaticString(value ? "true" : "false")
        case .number(let text): buffer.writeString(text)
        case .string(let text): buffer.writeJSONString(text)
        case .array(let elements):
            var separator: StaticString = "["
            for element in elements {
                buffer.writeStaticString(separator)
                element.write(into: &buffer)
                separator = ","
            }
            buffer.writeStaticString(elements.isEmpty ? "[]" : "]")
        case .object(let object): object.write(into: &buffer)
        }
    }

    /// The value as text in a new buffer.
    public var bytes: ByteBuffer {
        var buffer = ByteBuffer()
        write(into: &buffer)
        return buffer
    }

    public var text: String { String(buffer: bytes) }
}

extension JSONObject {
    public func write(into buffer: inout ByteBuffer) {
        var separator: StaticString = "{"
        for member in members {
            buffer.writeStaticString(separator)
            buffer.writeJSONString(member.key)
            buffer.writeStaticString(":")
            member.value.write(into: &buffer)
            separator = ","
        }
        buffer.writeStaticString(members.isEmpty ? "{}" : "}")
    }
}

extension ByteBuffer {
    /// Writes the text as a JSON string with its quotes; only what must be escaped is.
    public mutating func writeJSONString(_ text: String) {
        writeStaticString("\"")
        var text = text
        text.withUTF8 { utf8 in writeEscaped(UnsafeRawBufferPointer(utf8)) }
        writeStaticString("\"")
    }

    private mutating func writeEscaped(_ bytes: UnsafeRawBufferPointer) {
        var start = 0
        var place = 0
        while place < bytes.count {
            place = PlainText.endOfPlainRun(in: bytes, from: place)
            guard place < bytes.count else { break }
            let byte = bytes[place]
            if byte < 0x80 {
                writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<place]))
                writeEscape(byte)
                start = place + 1
            }
            place += 1
        }
        writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start...]))
    }

    private mutating func writeEscape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): writeStaticString("\\\"")
        case UInt8(ascii: "\\"): writeStaticString("\\\\")
        case 0x0a: writeStaticString("\\n")
        case 0x0d: writeStaticString("\\r")
        case 0x09: writeStaticString("\\t")
        default: writeString("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16))
        }
    }
}
