public import NIOCore

/// Watches an answer that is passed on unchanged: counts its events as they go by and, when it has ended, says from its last
/// bytes whether it was whole and what it cost.
///
/// This runs once for each piece of each stream, so nothing is decoded on the way: line starts are looked at, and the last
/// few kilobytes are kept.
public struct StreamTail: Sendable {
    public enum Kind: Sendable {
        /// OpenAI's stream.
        case sse
        /// Ollama's stream.
        case ndjson
        /// One JSON document.
        case whole
    }

    /// Enough for the last event of every engine seen; the usage stands at its end.
    private static let kept = 4096
    private static let dataField = Array("data:".utf8)

    public let kind: Kind
    /// `data:` lines that went by, `[DONE]` included; for NDJSON the lines. Always 0 for one document.
    public private(set) var events = 0
    /// At most twice `kept`, so that old bytes are moved out seldom.
    private var tail: [UInt8] = []
    /// How many bytes of `data:` the current line has shown so far; nil when it has shown something else or all of it.
    private var matched: Int? = 0

    public init(_ kind: Kind) {
        self.kind = kind
        tail.reserveCapacity(2 * Self.kept)
    }

    public mutating func push(_ bytes: ByteBuffer) {
        bytes.withUnsafeReadableBytes { push($0) }
    }

    public mutating func push(_ bytes: UnsafeRawBufferPointer) {
        switch kind {
        case .sse: countEvents(bytes)
        case .ndjson: countLines(bytes)
        case .whole: break
        }
        keep(bytes)
    }

    private mutating func countEvents(_ bytes: UnsafeRawBufferPointer) {
        var place = 0
        while place < bytes.count {
            if let shown = matched {
                guard bytes[place] == Self.dataField[shown] else {
                    matched = nil
                    continue
                }
                place += 1
                matched = shown + 1
                if shown + 1 == Self.dataField.count {
                    events += 1
                    matched = nil
                }
                continue
            }
            place = PlainText.first(0x0a, in: bytes, from: place) + 1
            if place <= bytes.count { matched = 0 }
        }
    }

    private mutating func countLines(_ bytes: UnsafeRawBufferPointer) {
        var place = PlainText.first(0x0a, in: bytes, from: 0)
        while place < bytes.count {
            events += 1
            place = PlainText.first(0x0a, in: bytes, from: place + 1)
        }
    }

    private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
        if bytes.count >= Self.kept {
            tail.removeAll(keepingCapacity: true)
            tail.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[(bytes.count - Self.kept)...]))
            return
        }
        if tail.count + bytes.count > 2 * Self.kept { tail.removeFirst(tail.count - Self.kept) }
        tail.append(contentsOf: bytes)
    }
}

// MARK: - at the end

extension StreamTail {
    /// Whether the engine came to its end: `data: [DONE]`, `"done":true`, or for one document its closing brace. A stream that
    /// ended without it was cut.
    public var isComplete: Bool {
        switch kind {
        case .sse: lastPayload.elementsEqual("[DONE]".utf8)
        // The token list of /api/generate may push "done" out of the tail; the durations stand behind it.
        case .ndjson:
            last("done", in: lastPayload).map { $0.starts(with: "true".utf8) } == true || last("total_duration", in: lastPayload) != nil
        case .whole: lastPayload.last == UInt8(ascii: "}")
        }
    }

    /// The text of the error with which the stream ended; nil when it did not.
    public var error: String? {
        let payload = lastPayload
        guard kind != .whole, let first = payload.first, first == UInt8(ascii: "{") else { return nil }
        return payload.withUnsafeBytes { try? JSON(parsing: $0) }.flatMap { UpstreamText.error(in: $0) }
    }

    /// The counts at the end, of either wire; nil when the engine gave none.
    public var usage: TokenUsage? {
        let all = tail[...]
        let usage = TokenUsage(
            prompt: number(last("prompt_tokens", in: all) ?? last("prompt_eval_count", in: all)),
            completion: number(last("completion_tokens", in: all) ?? last("eval_count", in: all)))
        return usage == TokenUsage() ? nil : usage
    }

    /// The last line that holds something, without its field name in an event stream, without white space around it.
    private var lastPayload: ArraySlice<UInt8> {
        var lines = tail.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d })[...]
        while let line = lines.popLast() {
            guard kind == .sse else {
                let text = Self.trimmed(line)
                if text.isEmpty { continue }
                return text
            }
            if line.starts(with: Self.dataField) { return Self.trimmed(line.dropFirst(Self.dataField.count)) }
        }
        return []
    }

    /// What follows the last `"key":` in these bytes. Inside a string the quotes would be escaped, so text never matches.
    private func last(_ key: String, in bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let quoted = Array("\"\(key)\"".utf8)
        var start = bytes.endIndex - quoted.count
        while start >= bytes.startIndex {
            if bytes[start] == quoted[0], bytes[start...].starts(with: quoted) {
                let value = bytes[(start + quoted.count)...].drop { $0 == 0x20 }
                if value.first == UInt8(ascii: ":") { return value.dropFirst().drop { $0 == 0x20 } }
            }
            start -= 1
        }
        return nil
    }

    private func number(_ bytes: ArraySlice<UInt8>?) -> Int? {
        bytes.flatMap { Int(String(decoding: $0.prefix { $0 &- UInt8(ascii: "0") < 10 }, as: UTF8.self)) }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let start = bytes.firstIndex { $0 > 0x20 } ?? bytes.endIndex
        let end = bytes.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? start
        return bytes[start..<end]
    }
}
