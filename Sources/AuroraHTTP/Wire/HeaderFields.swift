public import NIOCore

/// The header fields of one message as they came: places in its bytes, so that nothing is copied until somebody asks.
public struct HeaderFields: Sendable {
    /// One field; places count from the start of `bytes`.
    struct Line: Sendable {
        let name: HeaderName
        let start: UInt32
        let nameLength: UInt32
        let valueStart: UInt32
        let valueLength: UInt32
    }

    let bytes: ByteBuffer
    let lines: [Line]

    init(bytes: ByteBuffer, lines: [Line]) {
        self.bytes = bytes
        self.lines = lines
    }

    /// The whole head as it came, its first line and the empty one at its end included.
    public var raw: ByteBuffer { bytes }

    public init() { self.init(bytes: ByteBuffer(), lines: []) }

    /// The value of the first field of that name.
    public subscript(_ name: HeaderName) -> String? { lines.first { $0.name == name }.map(value) }

    public func contains(_ name: HeaderName) -> Bool { lines.contains { $0.name == name } }

    /// The value of the first field with this name, which must be written in lower case and start with `x-aurora-`.
    public subscript(aurora name: StaticString) -> String? {
        for line in lines where line.name == .aurora && Int(line.nameLength) == name.utf8CodeUnitCount {
            if bytes.withUnsafeReadableBytes({ HeaderName.starts(Self.slice($0, line.start, line.nameLength), with: name) }) {
                return value(line)
            }
        }
        return nil
    }

    /// Whether a comma separated field, such as `Connection`, has this word.
    public func has(_ word: String, in name: HeaderName) -> Bool {
        lines.contains { line in
            line.name == name && value(line).split(separator: ",").contains { $0.trimmingBlanks.lowercased() == word }
        }
    }

    /// Writes the fields that `keeps` lets through, each as a line of its own, as they came.
    public func write(into out: inout ByteBuffer, where keeps: (HeaderName) -> Bool) {
        bytes.withUnsafeReadableBytes { all in
            for line in lines where keeps(line.name) {
                let end = line.valueStart + line.valueLength
                out.writeBytes(Self.slice(all, line.start, end - line.start))
                out.writeStaticString("\r\n")
            }
        }
    }

    /// All fields as text, for those who are not in a hurry.
    public var all: [(name: String, value: String)] {
        lines.map { line in (text(line.start, line.nameLength), value(line)) }
    }

    func value(_ line: Line) -> String { text(line.valueStart, line.valueLength) }

    private func text(_ start: UInt32, _ length: UInt32) -> String {
        bytes.withUnsafeReadableBytes { String(decoding: Self.slice($0, start, length), as: UTF8.self) }
    }

    private static func slice(_ all: UnsafeRawBufferPointer, _ start: UInt32, _ length: UInt32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: all[Int(start)..<Int(start) + Int(length)])
    }
}

extension Substring {
    var trimmingBlanks: Substring {
        let front = drop { $0 == " " || $0 == "\t" }
        guard let last = front.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return front.prefix(0) }
        return front[...last]
    }
}
