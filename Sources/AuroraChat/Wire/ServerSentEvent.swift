import AuroraDialects
import NIOCore

/// One event of a stream, as the HTML standard frames it. JSON has no line breaks, so one `data` line is enough.
enum ServerSentEvent {
    static let keepAlive = ByteBuffer(string: ": keep-alive\n\n")

    /// `id` comes back as `Last-Event-ID` when the client connects again.
    static func frame(_ name: StaticString, id: String? = nil, _ data: JSON) -> ByteBuffer {
        var frame = ByteBuffer()
        frame.writeStaticString("event: ")
        frame.writeStaticString(name)
        if let id { frame.writeString("\nid: \(id)") }
        frame.writeStaticString("\ndata: ")
        data.write(into: &frame)
        frame.writeStaticString("\n\n")
        return frame
    }
}
