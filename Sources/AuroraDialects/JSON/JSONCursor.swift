/// Walks over JSON text and checks it, without building values. No read goes past the end of the bytes.
struct JSONCursor {
    static let depthLimit = 128

    let bytes: UnsafeRawBufferPointer
    var offset = 0

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
    @inline(__always)
    mutating func enter(close: UInt8, depth: Int) throws(JSONError) -> Bool {
        guard depth < Self.depthLimit else { throw error(.tooDeep(limit: Self.depthLimit)) }
        offset += 1
        guard next() == close else { return true }
        offset += 1
        return false
    }

    /// After an element or a member: true when another one follows, false when `close` was there and was taken.
    @inline(__always)
    mutating func another(close: UInt8) throws(JSONError) -> Bool {
        guard let byte = next(), byte == close || byte == UInt8(ascii: ",") else { throw unexpected() }
        offset += 1
        return byte != close
    }

    /// Takes a key and its colon.
    @inline(__always)
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
}
