import AuroraDialects
import AuroraModel
import HTTPTypes
import Hummingbird
import NIOCore

/// An answer as server-sent events: `start`, `content` …, then `done` or `error`.
///
/// The `id` of `content` is the client's place in the answer. The last event has the id `end`, so that a browser that
/// connects again by itself can be told that there is nothing more.
struct AnswerStream: Sendable {
    static let endID = "end"

    let handle: AnswerHandle
    let keepAlive: Duration
    let clock: any Clock<Duration>

    static let headers: HTTPFields = {
        var headers: HTTPFields = [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache, no-transform"]
        if let buffering = HTTPField.Name("X-Accel-Buffering") { headers[buffering] = "no" }
        return headers
    }()

    /// A client that goes away ends the body, not the answer.
    var response: Response {
        Response(
            status: .ok, headers: Self.headers,
            body: ResponseBody { writer in
                try await writer.write(ServerSentEvent.frame("start", .object(ChatReplies.place(handle))))
                var events = handle.events.makeAsyncIterator()
                reading: while true {
                    switch await events.next(within: keepAlive, clock: clock) {
                    case .silence: try await writer.write(ServerSentEvent.keepAlive)
                    case .end: break reading
                    case .event(let event):
                        if let frame = frame(event) { try await writer.write(frame) }
                    }
                }
                try await writer.finish(nil)
            })
    }

    private func frame(_ event: AnswerEvent) -> ByteBuffer? {
        switch event {
        case .thinking, .started: nil
        case .text(let piece, let end): ServerSentEvent.frame("content", id: "\(end)", ["content": .string(piece)])
        case .done(let answer): ServerSentEvent.frame("done", id: Self.endID, .object(ChatReplies.reply(answer, handle)))
        case .failed(let error): ServerSentEvent.frame("error", id: Self.endID, ["error": .object(ChatReplies.error(error))])
        }
    }
}
