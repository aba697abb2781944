public import NIOCore

/// What a gateway must know of a request body before it passes the bytes on unchanged, read without decoding the rest.
///
/// The whole body is checked to be one JSON object, so that garbage is refused here and never reaches an engine. When a key
/// comes twice the last one counts, as in the decoders of the engines; otherwise two readers could see two models.
public struct RequestScan: Sendable, Equatable {
    /// What a field holds, as far as routing cares.
    public enum Content: Sendable, Equatable {
        case missing
        /// `null`, `""` or `[]`.
        case empty
        case present
    }

    public private(set) var model: String?
    /// Where the value of `model` stands, its quotes included, in bytes from the start of the body.
    public private(set) var modelRange: Range<Int>?
    /// The older name of `model` in Ollama's calls about models (`/api/show`, `/api/pull`, …).
    public private(set) var name: String?
    public private(set) var stream: Bool?
    /// `stream_options.include_usage`.
    public private(set) var includeUsage: Bool?
    public private(set) var messages = Content.missing
    public private(set) var prompt = Content.missing
    public private(set) var input = Content.missing
    /// Where `messages`, `prompt` or `input` begins, in bytes from the start of the body.
    public private(set) var promptStart: Int?
    /// How long the answer may get, in tokens: `max_tokens`, `max_completion_tokens`, or `num_predict` among Ollama's options.
    public private(set) var maxTokens: Int?
    /// Tools are offered; engines may hold an answer back until a call of one is whole.
    public private(set) var hasTools = false
    /// The value of `keep_alive` as it was written; see `KeepAlive`.
    public private(set) var keepAlive: String?

    public init(_ body: UnsafeRawBufferPointer) throws(JSONError) {
        var cursor = JSONCursor(body)
        guard let first = cursor.next() else { throw cursor.error(.empty) }
        guard first == UInt8(ascii: "{") else { throw cursor.error(.notAnObject) }
        var more = try cursor.enter(close: UInt8(ascii: "}"), depth: 0)
        while more {
            let key = try cursor.key()
            try readMember(key, &cursor)
            more = try cursor.another(close: UInt8(ascii: "}"))
        }
        try cursor.end()
    }

    public init(_ body: ByteBuffer) throws(JSONError) {
        self = try body.withUnsafeReadableBytes { (bytes) throws(JSONError) in try RequestScan(bytes) }
    }

    /// The body with another model in it, all other bytes as they were. The body must be the one that was scanned.
    public func replacingModel(in body: ByteBuffer, with model: String) -> ByteBuffer {
        guard let modelRange, modelRange.upperBound <= body.readableBytes else { return body }
        var changed = ByteBuffer()
        changed.reserveCapacity(body.readableBytes + model.utf8.count)
        changed.writeImmutableBuffer(body.slice(0..<modelRange.lowerBound))
        changed.writeJSONString(model)
        changed.writeImmutableBuffer(body.slice(modelRange.upperBound..<body.readableBytes))
        return changed
    }

    private mutating func readMember(_ key: JSONCursor.Text, _ cursor: inout JSONCursor) throws(JSONError) {
        if cursor.matches(key, "model") {
            (model, modelRange) = try Self.string(&cursor, field: "model") ?? (nil, nil)
        } else if cursor.matches(key, "stream") {
            stream = try Self.bool(&cursor, field: "stream")
        } else if cursor.matches(key, "messages") {
            promptStart = cursor.offset
            messages = try Self.content(&cursor)
        } else if cursor.matches(key, "prompt") {
            promptStart = cursor.offset
            prompt = try Self.content(&cursor)
        } else if cursor.matches(key, "input") {
            promptStart = cursor.offset
            input = try Self.content(&cursor)
        } else if cursor.matches(key, "max_tokens") || cursor.matches(key, "max_completion_tokens") {
            maxTokens = try Self.count(&cursor)
        } else if cursor.matches(key, "tools") {
            hasTools = try Self.content(&cursor) == .present
        } else if cursor.matches(key, "options") {
            maxTokens = try Self.numPredict(&cursor) ?? maxTokens
        } else if cursor.matches(key, "stream_options") {
            includeUsage = try Self.includeUsage(&cursor)
        } else if cursor.matches(key, "keep_alive") {
            keepAlive = try Self.raw(&cursor)
        } else if cursor.matches(key, "name") {
            name = try Self.string(&cursor, field: nil)?.text
        } else {
            try cursor.skip(depth: 1)
        }
    }
}

// MARK: - values

extension RequestScan {
    /// A string, or nil for `null`. Another type is an error when `field` names it, else nil.
    private static func string(_ cursor: inout JSONCursor, field: StaticString?) throws(JSONError) -> (text: String, range: Range<Int>)? {
        if cursor.next() == UInt8(ascii: "\"") {
            let text = try cursor.text()
            return (cursor.decoded(text), text.range.lowerBound - 1..<text.range.upperBound + 1)
        }
        let isNull = cursor.next() == UInt8(ascii: "n")
        let start = cursor.offset
        try cursor.skip(depth: 1)
        guard let field, !isNull else { return nil }
        throw JSONError(.wrongType(field: field.description, expected: "a string"), at: start)
    }

    private static func bool(_ cursor: inout JSONCursor, field: StaticString?) throws(JSONError) -> Bool? {
        let first = cursor.next()
        let start = cursor.offset
        try cursor.skip(depth: 1)
        switch first {
        case UInt8(ascii: "t"): return true
        case UInt8(ascii: "f"): return false
        case UInt8(ascii: "n"): return nil
        default: break
        }
        guard let field else { return nil }
        throw JSONError(.wrongType(field: field.description, expected: "true or false"), at: start)
    }

    private static func content(_ cursor: inout JSONCursor) throws(JSONError) -> Content {
        switch cursor.next() {
        case UInt8(ascii: "\""): return try cursor.text().range.isEmpty ? .empty : .present
        case UInt8(ascii: "["):
            var more = try cursor.enter(close: UInt8(ascii: "]"), depth: 1)
            guard more else { return .empty }
            while more {
                try cursor.skip(depth: 2)
                more = try cursor.another(close: UInt8(ascii: "]"))
            }
            return .present
        case let first:
            try cursor.skip(depth: 1)
            return first == UInt8(ascii: "n") ? .empty : .present
        }
    }

    private static func includeUsage(_ cursor: inout JSONCursor) throws(JSONError) -> Bool? {
        guard cursor.next() == UInt8(ascii: "{") else {
            try cursor.skip(depth: 1)
            return nil
        }
        var found: Bool?
        var more = try cursor.enter(close: UInt8(ascii: "}"), depth: 1)
        while more {
            let key = try cursor.key()
            if cursor.matches(key, "include_usage") {
                found = try bool(&cursor, field: nil)
            } else {
                try cursor.skip(depth: 2)
            }
            more = try cursor.another(close: UInt8(ascii: "}"))
        }
        return found
    }

    /// A count above zero; nil for anything else, which is the engine's to judge.
    private static func count(_ cursor: inout JSONCursor) throws(JSONError) -> Int? {
        try Int(raw(&cursor)).flatMap { $0 > 0 ? $0 : nil }
    }

    private static func numPredict(_ cursor: inout JSONCursor) throws(JSONError) -> Int? {
        guard cursor.next() == UInt8(ascii: "{") else {
            try cursor.skip(depth: 1)
            return nil
        }
        var found: Int?
        var more = try cursor.enter(close: UInt8(ascii: "}"), depth: 1)
        while more {
            let key = try cursor.key()
            if cursor.matches(key, "num_predict") { found = try count(&cursor) } else { try cursor.skip(depth: 2) }
            more = try cursor.another(close: UInt8(ascii: "}"))
        }
        return found
    }

    private static func raw(_ cursor: inout JSONCursor) throws(JSONError) -> String {
        _ = cursor.next()
        let start = cursor.offset
        try cursor.skip(depth: 1)
        return String(decoding: cursor.bytes[start..<cursor.offset], as: UTF8.self)
    }
}

extension ByteBuffer {
    /// The readable bytes in that range, counted from the first readable one; empty when they are not there.
    fileprivate func slice(_ range: Range<Int>) -> ByteBuffer {
        getSlice(at: readerIndex + range.lowerBound, length: range.count) ?? ByteBuffer()
    }
}
