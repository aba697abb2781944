import AuroraModel
import AuroraSystem
import Logging

import struct Foundation.Date

/// Grows one answer: asks the model, keeps the store up to date, and ends in exactly one way, which it stores.
struct AnswerGrower: Sendable {
    let model: any LanguageModel
    let writer: AnswerWriter
    let now: @Sendable () -> Date

    private var limits: ChatLimits { writer.limits }

    func grow(_ answer: GrowingAnswer, asking request: ModelRequest) async -> AnswerEnding {
        await settle(answer, race(answer, asking: request))
    }

    /// Whichever comes first: the model's end, the user's stop, the deadline, or the end of the conversation.
    private func race(_ answer: GrowingAnswer, asking request: ModelRequest) async -> AnswerOutcome {
        await withTaskGroup(of: AnswerOutcome.self) { group in
            group.addTask { await pump(request, into: answer.log) }
            group.addTask { await writer.follow(answer) }
            group.addTask {
                await answer.untilStopped()
                return Task.isCancelled ? .interrupted : .stopped
            }
            group.addTask {
                let slept: Void? = try? await writer.clock.sleep(for: limits.answerTimeout, tolerance: nil)
                return slept == nil ? .interrupted : .timedOut(limits.answerTimeout)
            }
            let first = await group.next() ?? .interrupted
            group.cancelAll()
            return first
        }
    }

    private func pump(_ request: ModelRequest, into log: AnswerLog) async -> AnswerOutcome {
        do {
            for try await event in model.answer(request) {
                switch event {
                case .started(let model, let worker): log.start(model: model, worker: worker)
                case .text(let piece):
                    guard log.append(piece, limit: limits.answerBytes) else {
                        return .finished(reason: "length", promptTokens: nil, completionTokens: nil)
                    }
                case .finished(let reason, let promptTokens, let completionTokens):
                    return .finished(reason: reason, promptTokens: promptTokens, completionTokens: completionTokens)
                }
            }
            return Task.isCancelled ? .interrupted : .cut
        } catch let error as AuroraError {
            return Task.isCancelled ? .interrupted : .failed(error)
        } catch {
            return Task.isCancelled ? .interrupted : .failed(AuroraError(.unavailable, "the model failed: \(error)"))
        }
    }

    /// Stores how it ended. An answer that could not be stored did not end well, whatever the model said.
    func settle(_ answer: GrowingAnswer, _ outcome: AnswerOutcome) async -> AnswerEnding {
        do {
            let outcome = try await writer.settle(answer, outcome) ? outcome : .gone
            ChatMetrics.ended(outcome)
            return ending(of: answer, outcome)
        } catch {
            ChatMetrics.ended(.failed(AuroraError(.unavailable, "")))
            writer.logger.error("could not store the end of an answer", metadata: ["message": "\(answer.answerID)", "error": "\(error)"])
            return .failed(
                AuroraError(.unavailable, "the answer could not be stored: \(error)", hint: "look at the disk of node '\(writer.node)'"))
        }
    }

    private func ending(of answer: GrowingAnswer, _ outcome: AnswerOutcome) -> AnswerEnding {
        if let error = outcome.error { return .failed(error) }
        let snapshot = answer.log.snapshot
        var tokens: (prompt: Int?, completion: Int?)
        if case .finished(_, let prompt, let completion) = outcome { tokens = (prompt, completion) }
        return .done(
            FinishedAnswer(
                text: snapshot.text, reason: outcome.reason, model: snapshot.model, worker: snapshot.worker, node: writer.node,
                promptTokens: tokens.prompt, completionTokens: tokens.completion, finishedAt: now()))
    }
}
