/// Walks over JSON text and checks it, without building values. No read goes past the end of the bytes.
struct JSONCursor {
    static let depthLimit = 128

    let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0

    /// The inside of a string: where it lies and whether it holds escapes.
    struct Text {
        let range: Range<Int>
        let escaped: Bool
    }

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    func error(_ reason: JSONError.Reason) -> JSONError { JSONError(reason, at: offset) }

    /// What is wrong at this place: the end of the text or the byte that stands there.
    func unexpected() -> JSONError {
        offset < bytes.count ? error(.unexpectedByte(bytes[offset])) : error(.unexpectedEnd)
    }

    /// Moves to the next byte that is not white space and returns it without taking it.
    @inline(__always)
    mutating func next() -> UInt8? {
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte > 0x20 || !(byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09) { return byte }
            offset += 1
        }
        return nil
    }

    /// Takes one byte that must be there.
    @inline(__always)
    mutating func take(_ byte: UInt8) throws(JSONError) {
        guard next() == byte else { throw unexpected() }
        offset += 1
    }

    /// Only white space may be left.
    mutating func end() throws(JSONError) {
        guard next() == nil else { throw error(.trailingBytes) }
    }
}

// MARK: - arrays and objects

extension JSONCursor {
    /// Goes into an array (`close` is `]`) or an object (`}`); false when it is empty, and then it is left again.
    mutating func enter(close: UInt8, depth: Int) throws(JSONError) -> Bool {
        guard depth < Self.depthLimit else { throw error(.tooDeep(limit: Self.depthLimit)) }
        offset += 1
        guard next() == close else { return true }
        offset += 1
        return false
    }

    /// After an element or a member: true when another one follows, false when `close` was there and was taken.
    mutating func another(close: UInt8) throws(JSONError) -> Bool {
        guard let byte = next(), byte == close || byte == UInt8(ascii: ",") else { throw unexpected() }
        offset += 1
        return byte != close
    }

    /// Takes a key and its colon.
    mutating func key() throws(JSONError) -> Text {
        guard next() == UInt8(ascii: "\"") else { throw unexpected() }
        let key = try text()
        try take(UInt8(ascii: ":"))
        return key
    }

    /// Takes one value of any kind, checking all of it.
    mutating func skip(depth: Int) throws(JSONError) {
        switch next() {
        case UInt8(ascii: "\""): _ = try text()
        case UInt8(ascii: "{"):
            var more = try enter(close: UInt8(ascii: "}"), depth: depth)
            while more {
                _ = try key()
                try skip(depth: depth + 1)
                more = try another(close: UInt8(ascii: "}"))
            }
        case UInt8(ascii: "["):
            var more = try enter(close: UInt8(ascii: "]"), depth: depth)
            while more {
                try skip(depth: depth + 1)
                more = try another(close: UInt8(ascii: "]"))
            }
        default: _ = try scalar()
        }
    }
}

// MARK: - scalars

extension JSONCursor {
    enum Scalar {
        case null
        case bool(Bool)
        case number(Range<Int>)
    }

    /// Takes `null`, `true`, `false` or a number.
    mutating func scalar() throws(JSONError) -> Scalar {
        switch next() {
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        case UInt8(ascii: "t"):
            try word("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try word("false")
            return .bool(false)
        case let byte? where byte == UInt8(ascii: "-") || byte &- UInt8(ascii: "0") < 10: return .number(try number())
        default: throw unexpected()
        }
    }

    private mutating func word(_ word: StaticString) throws(JSONError) {
        for place in 0..<word.utf8CodeUnitCount {
            guard offset < bytes.count, bytes[offset] == word.utf8Start[place] else { throw unexpected() }
            offset += 1
        }
    }

    private mutating func number() throws(JSONError) -> Range<Int> {
        let start = offset
        if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "0") { offset += 1 } else { try digits() }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            offset += 1
            try digits()
        }
        if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if offset < bytes.count, bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-") { offset += 1 }
            try digits()
        }
        return start..<offset
    }

    /// Takes one digit or more.
    private mutating func digits() throws(JSONError) {
        let start = offset
        while offset < bytes.count, bytes[offset] &- UInt8(ascii: "0") < 10 { offset += 1 }
        guard offset > start else { throw error(.invalidNumber) }
    }

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
            case 0x80...: try scalarOutsideASCII()
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
    private mutating func scalarOutsideASCII() throws(JSONError) {
        let lead = bytes[offset]
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
        for place in offset + 2..<max(offset + 2, offset + length) where bytes[place] & 0xc0 != 0x80 { throw error(.invalidUTF8) }
        offset += length
    }

    static func hexValue(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
