public import NIOCore

extension JSON {
    /// Parses one whole JSON text. At most 128 levels deep.
    public init(parsing bytes: UnsafeRawBufferPointer) throws(JSONError) {
        var cursor = JSONCursor(bytes)
        guard cursor.next() != nil else { throw cursor.error(.empty) }
        self = try cursor.value(depth: 0)
        try cursor.end()
    }

    public init(parsing buffer: ByteBuffer) throws(JSONError) {
        self = try buffer.withUnsafeReadableBytes { (bytes) throws(JSONError) in try JSON(parsing: bytes) }
    }

    public init(parsing text: String) throws(JSONError) {
        self = try JSON(parsing: ByteBuffer(string: text))
    }
}

extension JSONCursor {
    mutating func value(depth: Int) throws(JSONError) -> JSON {
        switch next() {
        case UInt8(ascii: "\""):
            let text = try text()
            return .string(decoded(text))
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        default: break
        }
        switch try scalar() {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .number(let range): return .number(String(decoding: bytes[range], as: UTF8.self))
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        var members: [JSONObject.Member] = []
        var more = try enter(close: UInt8(ascii: "}"), depth: depth)
        while more {
            let key = try key()
            let value = try value(depth: depth + 1)
            members.append(.init(decoded(key), value))
            more = try another(close: UInt8(ascii: "}"))
        }
        return JSONObject(members: members)
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSON] {
        var elements: [JSON] = []
        var more = try enter(close: UInt8(ascii: "]"), depth: depth)
        while more {
            elements.append(try value(depth: depth + 1))
            more = try another(close: UInt8(ascii: "]"))
        }
        return elements
    }
}
