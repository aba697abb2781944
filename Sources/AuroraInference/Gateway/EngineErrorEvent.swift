import AuroraDialects
import NIOCore

/// Finds an error that an engine sends in the middle of its stream, so that it can be treated as the engine's failure.
///
/// Only the beginning of a piece is looked at, because an engine that fails writes its error by itself.
enum EngineErrorEvent {
    private static let eventStarts = ["data: {\"error\"", "data:{\"error\"", "error: {"].map { Array($0.utf8) }
    private static let lineStart = Array("{\"error\"".utf8)

    /// The error's words; nil when these bytes begin with none.
    static func words(in bytes: ByteBuffer, _ kind: StreamTail.Kind) -> String? {
        let view = bytes.readableBytesView
        switch kind {
        case .sse:
            guard view.first == UInt8(ascii: "d") || view.first == UInt8(ascii: "e"), eventStarts.contains(where: { view.starts(with: $0) })
            else { return nil }
        case .ndjson:
            guard view.starts(with: lineStart) else { return nil }
        case .whole:
            return nil
        }
        var tail = StreamTail(kind)
        tail.push(bytes)
        return tail.error ?? "it sent an error"
    }
}
