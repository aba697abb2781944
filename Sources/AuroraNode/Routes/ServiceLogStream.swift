import AuroraHTTP
import AuroraRuntime
import AuroraSystem
import Hummingbird
import NIOCore
import ServiceLifecycle

/// A log as server-sent events: the last lines at once, then what is written, until the client leaves or the node stops.
///
/// Each event `log` carries whole lines. A comment after some silence finds out whether anybody still listens.
struct ServiceLogStream: Sendable {
    private static let pause = Duration.milliseconds(250)
    private static let silentRounds = 40
    /// A line without an end is sent in pieces of this size.
    private static let longestLine = 64 * 1024

    let runtime: RuntimeService
    let name: String
    let tail: LogPiece

    var response: Response {
        Response(
            status: .ok, headers: EventStream.headers,
            body: ResponseBody { writer in
                var lines = LineBuffer(limit: Self.longestLine)
                if let event = Self.event(lines.take(tail.bytes)) { try await writer.write(event) }
                var (place, silence) = (tail.next, 0)
                let pieces = AsyncThrowingStream<Void, any Error> { try await Task.sleep(for: Self.pause) }
                for try await _ in pieces.cancelOnGracefulShutdown() {
                    let piece = runtime.log(of: name, from: place)
                    place = piece.next
                    silence = piece.bytes.isEmpty ? silence + 1 : 0
                    if let event = Self.event(lines.take(piece.bytes)) { try await writer.write(event) }
                    if silence > 0, silence % Self.silentRounds == 0 { try await writer.write(ServerSentEvent.keepAlive) }
                }
                try await writer.finish(nil)
            })
    }

    private static func event(_ lines: [String]) -> ByteBuffer? {
        lines.isEmpty ? nil : ServerSentEvent(event: "log", data: lines.joined(separator: "\n")).bytes
    }
}

/// Cuts bytes into lines; what is not ended yet waits for its end.
struct LineBuffer {
    let limit: Int
    private var rest: [UInt8] = []

    init(limit: Int) { self.limit = limit }

    /// The lines that these bytes complete. Carriage returns end lines, too: an event's data can hold none.
    mutating func take(_ bytes: [UInt8]) -> [String] {
        rest += bytes
        var lines: [String] = []
        var start = rest.startIndex
        for index in rest.indices where Self.isEnd(rest[index]) || index - start >= limit {
            lines.append(String(decoding: rest[start..<index], as: UTF8.self))
            start = Self.isEnd(rest[index]) ? index + 1 : index
        }
        rest.removeFirst(start)
        return lines
    }

    private static func isEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
}
