import AuroraHTTP
import AuroraModel
import AuroraSystem
import HTTPTypes
import Hummingbird
import ServiceLifecycle

/// A task as server-sent events: `progress` and `token` while it goes on, then `done` or `error`.
///
/// Whoever comes late gets the text so far first. The `id` of each event is the follower's place; the last one is `end`.
struct TaskEvents: Sendable {
    /// A comment after this silence keeps proxies from closing the connection; the store is asked again then, too.
    static let keepAlive = Duration.seconds(10)

    let service: TaskService
    let id: String
    let place: TaskPlace

    /// A follower that goes away ends the body, not the task. The node's stop ends it as well.
    var response: Response {
        Response(
            status: .ok, headers: EventStream.headers,
            body: ResponseBody { writer in
                try await service.board.with(id) { log in
                    let reading = TaskReading(service: service, id: id, place: place, log: log)
                    let events = AsyncThrowingStream { try await reading.next() }
                    for try await piece in events.cancelOnGracefulShutdown() {
                        for event in piece { try await writer.write(event.bytes) }
                        if piece.isEmpty { try await writer.write(ServerSentEvent.keepAlive) }
                    }
                }
                try await writer.finish(nil)
            })
    }
}

/// Where one follower is.
private actor TaskReading {
    private let service: TaskService
    private let id: String
    private let log: TaskLog
    private var follower: TaskFollower
    private var version = -1
    private var turns = -1
    private var ended = false

    init(service: TaskService, id: String, place: TaskPlace, log: TaskLog) {
        self.service = service
        self.id = id
        self.log = log
        follower = TaskFollower(from: place)
    }

    /// The next events; none after a silence, nil after the last.
    func next() async throws -> [ServerSentEvent]? {
        guard !ended, !Task.isCancelled else { return nil }
        let (seen, clock, log) = (version, service.clock, log)
        await firstOf({ await log.wait { $0.version > seen } }, { try? await clock.sleep(for: TaskEvents.keepAlive, tolerance: nil) })
        let snapshot = log.snapshot
        // Another node may end it too, so the store is asked again after a silence.
        if snapshot.turns != turns || snapshot.version == version {
            guard let task = try await service.store.task(id) else { return nil }
            ended = task.summary.state.isFinal
            if ended { return follower.events(task) }
        }
        (version, turns) = (snapshot.version, snapshot.turns)
        return follower.events(snapshot)
    }
}
