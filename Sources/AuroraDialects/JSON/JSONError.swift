/// Why some bytes are not the JSON that was expected, and where.
public struct JSONError: Error, Sendable, Equatable {
    public enum Reason: Sendable, Equatable {
        /// There were no bytes but white space.
        case empty
        /// The text stops in the middle of a value.
        case unexpectedEnd
        case unexpectedByte(UInt8)
        /// A backslash is not followed by one of the escapes of JSON.
        case invalidEscape
        case invalidNumber
        case invalidUTF8
        /// A raw control character inside a string.
        case controlCharacter(UInt8)
        /// More arrays and objects inside one another than the limit allows.
        case tooDeep(limit: Int)
        /// A whole value, and then more.
        case trailingBytes
        case notAnObject
        case wrongType(field: String, expected: String)
    }

    public let reason: Reason
    /// Where, in bytes from the start of the text.
    public let offset: Int

    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}

extension JSONError: CustomStringConvertible {
    public var description: String {
        switch reason {
        case .empty: "no JSON: the text is empty"
        case .unexpectedEnd: "unexpected end of JSON at byte \(offset)"
        case .unexpectedByte(let byte): "unexpected \(Self.shown(byte)) at byte \(offset)"
        case .invalidEscape: "invalid escape in a string at byte \(offset)"
        case .invalidNumber: "invalid number at byte \(offset)"
        case .invalidUTF8: "invalid UTF-8 at byte \(offset)"
        case .controlCharacter(let byte): "raw control character \(Self.shown(byte)) in a string at byte \(offset)"
        case .tooDeep(let limit): "more than \(limit) levels of arrays and objects at byte \(offset)"
        case .trailingBytes: "something follows the JSON value at byte \(offset)"
        case .notAnObject: "a JSON object is needed, starting at byte \(offset)"
        case .wrongType(let field, let expected): "'\(field)' must be \(expected), see byte \(offset)"
        }
    }

    private static func shown(_ byte: UInt8) -> String {
        guard (0x21...0x7e).contains(byte) else { return "0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        return "'\(Character(Unicode.Scalar(byte)))'"
    }
}
