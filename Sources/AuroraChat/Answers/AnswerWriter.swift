import AuroraModel
import AuroraSystem
import Logging

/// Brings a growing answer to the store: not with each word, but never more than a moment behind.
struct AnswerWriter: Sendable {
    let store: any ConversationStore
    let limits: ChatLimits
    let clock: any Clock<Duration>
    let node: String
    let logger: Logger

    /// Writes what is new again and again until the task is cancelled; returns `gone` when there is nowhere to write to.
    func follow(_ answer: GrowingAnswer) async -> AnswerOutcome {
        var written = 0
        while true {
            await answer.log.wait(forBytes: written + 1)
            let enough = written + limits.flushBytes
            await firstOf(
                { try? await clock.sleep(for: limits.flushInterval, tolerance: nil) },
                { await answer.log.wait(forBytes: enough) })
            guard !Task.isCancelled else { return .interrupted }
            let snapshot = answer.log.snapshot
            guard snapshot.bytes > written else { continue }
            guard await write(snapshot, of: answer) else { return .gone }
            // Also after a failure: a store that is down is asked again with the next piece, not in a tight loop.
            written = snapshot.bytes
        }
    }

    private func write(_ snapshot: AnswerLog.Snapshot, of answer: GrowingAnswer) async -> Bool {
        do {
            return try await store.write(progress(snapshot, of: answer, state: .growing, error: nil))
        } catch {
            logger.warning("could not store a growing answer", metadata: ["message": "\(answer.answerID)", "error": "\(error)"])
            return true
        }
    }

    /// Writes the end, even while the node stops. Followers hear of it only after this.
    func settle(_ answer: GrowingAnswer, _ outcome: AnswerOutcome) async throws -> Bool {
        let last = progress(answer.log.snapshot, of: answer, state: outcome.state, error: outcome.error)
        return try await uncancelled { [store] in try await store.write(last) }
    }

    private func progress(
        _ snapshot: AnswerLog.Snapshot, of answer: GrowingAnswer, state: MessageState, error: AuroraError?
    ) -> AnswerProgress {
        AnswerProgress(
            messageID: answer.answerID, content: snapshot.text, state: state, model: snapshot.model, node: node, error: error?.message)
    }
}
