import AuroraDialects
import NIOCore

/// Cuts a stream of NDJSON into its lines as the pieces come.
struct ProgressLines {
    /// Longest line that is kept, in bytes; progress has a hundred.
    static let limit = 1 << 20

    private var rest = ByteBuffer()

    /// The objects that this piece completes; lines that are no object are passed over. Throws when a line does not end.
    mutating func add(_ piece: ByteBuffer) throws(DialectError) -> [JSONObject] {
        rest.writeImmutableBuffer(piece)
        var objects: [JSONObject] = []
        while let end = rest.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest.readSlice(length: end - rest.readerIndex) ?? ByteBuffer()
            rest.moveReaderIndex(forwardBy: 1)
            if let object = Self.object(line) { objects.append(object) }
        }
        guard rest.readableBytes <= Self.limit else { throw DialectError(.upstream, "the engine sends a line that does not end") }
        rest.discardReadBytes()
        return objects
    }

    /// What stands behind the last line end.
    mutating func end() -> JSONObject? {
        defer { rest.clear() }
        return Self.object(rest)
    }

    private static func object(_ line: ByteBuffer) -> JSONObject? { (try? JSON(parsing: line))?.object }
}

/// What one engine's progress came to.
struct ProgressEnd: Sendable, Equatable {
    let engine: String
    /// Nil when it was done; else what went wrong.
    let error: DialectError?
}

/// Reads the meaning of lines of progress.
enum ProgressLine {
    static func error(in line: JSONObject) -> String? { line["error"].map { $0.string ?? $0.text } }
    static func isSuccess(_ line: JSONObject) -> Bool { line["status"]?.string == "success" }

    /// The line as one of several engines' progress: with the node added. The word that clients take for the end of all is kept for the end
    /// of all.
    static func of(_ engine: EngineFacts, _ line: JSONObject) -> ByteBuffer {
        var line = line
        if isSuccess(line) { line["status"] = .string("done on \(engine.name)") }
        line["node"] = .string(engine.node)
        line["engine"] = .string(engine.name)
        return text(line)
    }

    static let success = text(["status": "success"])

    /// The last line when something went wrong, naming each engine where it did.
    static func failure(_ ends: [ProgressEnd]) -> ByteBuffer { OllamaShape.errorLine(summary(ends).message) }

    /// All failures in one sentence, with what was done nevertheless.
    static func summary(_ ends: [ProgressEnd]) -> DialectError {
        let failed = ends.compactMap { end in end.error.map { (end.engine, $0) } }
        guard let first = failed.first else { return DialectError(.failed, "nothing went wrong") }
        if ends.count == 1 { return first.1 }
        let done = ends.filter { $0.error == nil }.map { "'\($0.engine)'" }
        let words = failed.map { "'\($0.0)': \($0.1.message)" }.joined(separator: "; ")
        let rest = done.isEmpty ? "" : "; done on \(done.joined(separator: ", "))"
        return DialectError(first.1.kind, words + rest, status: first.1.status)
    }

    private static func text(_ line: JSONObject) -> ByteBuffer {
        var bytes = JSON.object(line).bytes
        bytes.writeStaticString("\n")
        return bytes
    }
}
