import AuroraModel
public import HTTPTypes
public import Hummingbird
public import NIOCore
import ServiceLifecycle

/// One event of a `text/event-stream`.
public struct ServerSentEvent: Sendable {
    public let event: String?
    /// Comes back as `Last-Event-ID` when a client connects again.
    public let id: String?
    public let data: String

    public init(event: String? = nil, id: String? = nil, data: String) {
        self.event = event
        self.id = id
        self.data = data
    }

    /// A comment that keeps a connection open while nothing happens.
    public static let keepAlive = ByteBuffer(staticString: ": keep-alive\n\n")

    /// The event as it goes over the wire.
    public var bytes: ByteBuffer {
        var text = ""
        if let id { text += "id: \(id)\n" }
        if let event { text += "event: \(event)\n" }
        for line in data.split(separator: "\n", omittingEmptySubsequences: false) { text += "data: \(line)\n" }
        return ByteBuffer(string: text + "\n")
    }
}

/// Responses of server-sent events.
public enum EventStream {
    public static let headers: HTTPFields = [
        .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache, no-transform", .xAccelBuffering: "no",
    ]

    /// Sends events as they come, until they end, the client leaves or the node stops: an endless stream must not hold up the stop.
    public static func response<Events: AsyncSequence & Sendable>(_ events: Events) -> Response where Events.Element == ServerSentEvent {
        Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                for try await event in events.cancelOnGracefulShutdown() { try await writer.write(event.bytes) }
                try await writer.finish(nil)
            })
    }
}

extension HTTPField.Name {
    public static let xAccelBuffering = HTTPField.Name("X-Accel-Buffering") ?? .server
}
