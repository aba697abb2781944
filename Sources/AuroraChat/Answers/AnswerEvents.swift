import AuroraModel
import AuroraSystem

/// The events of one answer from a chosen place on: whoever comes late gets everything that came before.
///
/// Each iteration is independent of every other and ends with `done` or `failed`, or when its task is cancelled.
public struct AnswerEvents: AsyncSequence, Sendable {
    public typealias Element = AnswerEvent
    public typealias Failure = Never

    let log: AnswerLog
    let offset: Int

    /// `offset`: how many UTF-8 bytes of the answer the follower already has.
    init(_ log: AnswerLog, from offset: Int = 0) {
        self.log = log
        self.offset = offset
    }

    public func makeAsyncIterator() -> Iterator { Iterator(log: log, offset: Swift.max(0, offset)) }

    public struct Iterator: AsyncIteratorProtocol, Sendable {
        private let log: AnswerLog
        private var offset: Int
        private var saidThinking: Bool
        private var saidStarted = false
        private var ended = false

        init(log: AnswerLog, offset: Int) {
            self.log = log
            self.offset = offset
            saidThinking = offset > 0
        }

        public mutating func next() async -> AnswerEvent? {
            while !ended, !Task.isCancelled {
                if let event = nextReady() { return event }
                await log.wait(forBytes: offset + 1, seenStart: saidStarted)
            }
            return nil
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async -> AnswerEvent? { await next() }

        /// The next event within `limit`, or `silence`. Costs nothing extra while events are ready.
        mutating func next(within limit: Duration, clock: any Clock<Duration>) async -> Timed {
            if let event = ended ? nil : nextReady() { return .event(event) }
            guard !ended, !Task.isCancelled else { return .end }
            await firstOf(
                { [self] in await log.wait(forBytes: offset + 1, seenStart: saidStarted) },
                { try? await clock.sleep(for: limit, tolerance: nil) })
            guard !Task.isCancelled else { return .end }
            return nextReady().map(Timed.event) ?? .silence
        }

        enum Timed: Sendable {
            case event(AnswerEvent)
            case silence
            case end
        }

        private mutating func nextReady() -> AnswerEvent? {
            if !saidThinking {
                saidThinking = true
                return .thinking
            }
            let snapshot = log.snapshot
            if !saidStarted, let model = snapshot.model, let worker = snapshot.worker {
                saidStarted = true
                return .started(model: model, worker: worker)
            }
            if snapshot.bytes > offset {
                let piece = String(snapshot.text[snapshot.text.scalarAligned(offset)...])
                offset = snapshot.bytes
                return .text(piece, end: offset)
            }
            return snapshot.ending.map { end($0) }
        }

        private mutating func end(_ ending: AnswerEnding) -> AnswerEvent {
            ended = true
            return switch ending {
            case .done(let answer): .done(answer)
            case .failed(let error): .failed(error)
            }
        }
    }
}
