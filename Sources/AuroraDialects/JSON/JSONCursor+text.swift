extension JSONCursor {
    /// Takes a string, its quotes included; the opening one is known to stand here.
    mutating func text() throws(JSONError) -> Text {
        offset += 1
        let start = offset
        var escaped = false
        while true {
            offset = PlainText.endOfPlainRun(in: bytes, from: offset)
            guard offset < bytes.count else { throw error(.unexpectedEnd) }
            switch bytes[offset] {
            case UInt8(ascii: "\""):
                offset += 1
                return Text(range: start..<offset - 1, escaped: escaped)
            case UInt8(ascii: "\\"):
                escaped = true
                try escape()
            case 0x80...: repeat { try scalarOutsideASCII() } while offset < bytes.count && bytes[offset] >= 0x80
            case let control: throw error(.controlCharacter(control))
            }
        }
    }

    private mutating func escape() throws(JSONError) {
        guard offset + 1 < bytes.count else { throw error(.unexpectedEnd) }
        switch bytes[offset + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            offset += 2
        case UInt8(ascii: "u"):
            guard offset + 6 <= bytes.count else { throw error(.unexpectedEnd) }
            for place in offset + 2..<offset + 6 where Self.hexValue(bytes[place]) == nil { throw error(.invalidEscape) }
            offset += 6
        default: throw error(.invalidEscape)
        }
    }

    /// Takes one UTF-8 sequence of two to four bytes, refusing overlong forms, surrogates and what lies past U+10FFFF.
    @inline(__always)
    private mutating func scalarOutsideASCII() throws(JSONError) {
        let lead = bytes[offset]
        let left = bytes.count - offset
        // The most usual of the three-byte forms, without exceptions in its second byte.
        if lead & 0xf0 == 0xe0, lead != 0xe0, lead != 0xed, left >= 3, Self.continues(bytes[offset + 1]), Self.continues(bytes[offset + 2])
        {
            offset += 3
            return
        }
        try unusualScalar(lead)
    }

    private mutating func unusualScalar(_ lead: UInt8) throws(JSONError) {
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch lead {
            case 0xc2...0xdf: (2, 0x80...0xbf)
            case 0xe0: (3, 0xa0...0xbf)
            case 0xed: (3, 0x80...0x9f)
            case 0xe1...0xef: (3, 0x80...0xbf)
            case 0xf0: (4, 0x90...0xbf)
            case 0xf1...0xf3: (4, 0x80...0xbf)
            case 0xf4: (4, 0x80...0x8f)
            default: throw error(.invalidUTF8)
            }
        guard offset + length <= bytes.count, second.contains(bytes[offset + 1]) else { throw error(.invalidUTF8) }
        for place in offset + 2..<max(offset + 2, offset + length) where !Self.continues(bytes[place]) { throw error(.invalidUTF8) }
        offset += length
    }

    @inline(__always)
    private static func continues(_ byte: UInt8) -> Bool { byte & 0xc0 == 0x80 }

    static func hexValue(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
