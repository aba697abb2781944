import AuroraDialects
import AuroraHTTP
import AuroraModel
import AuroraRouting
import Metrics
import NIOCore
import Synchronization

/// How an exchange ends: with a whole answer, an error, a cut, or because the client left.
extension Exchange {
    // MARK: Ending

    /// What an engine of this kind need not be asked, such as loading a model that it always holds.
    func answerAlone(_ body: ByteBuffer) {
        leaveWorker(.cancelled)
        end(code: 200)
        client.send(GatewayAnswer(status: 200, body: body, requestID: question.id))
        client.exchangeEnded()
    }

    /// Answers with an error of our own, as a status while that is possible, else inside the stream.
    func refuse(_ error: DialectError) {
        leaveWorker(.cancelled)
        if answer.headSent { return breakOff(error) }
        end(code: error.status)
        client.send(GatewayAnswer.error(error, route: question.route, requestID: question.id))
        client.exchangeEnded()
    }

    /// The answer cannot go on: says so in a way that no client takes for its end. A node that sent the request here is told by the
    /// connection's end, for it can go on elsewhere.
    func breakOff(_ error: DialectError) {
        leaveWorker(.cancelled)
        end(code: error.status)
        guard question.wishes.hop == 0, let event = answer.failure(error) else { return client.exchangeBroken() }
        client.write(event)
        client.writeEnd()
        client.flush()
        client.exchangeEnded()
    }

    func finish(_ usage: AnswerStream.Usage, code: Int) {
        gateway.count(tokens: usage.uncounted)
        end(code: code)
        if let last { count(usage, last) }
        client.writeEnd(trailer: answer.continuedOn.map(Self.trailer))
        client.flush()
        client.exchangeEnded()
    }

    private static func trailer(_ worker: String) -> ByteBuffer {
        var fields = ByteBuffer()
        fields.writeField("x-aurora-continued", worker)
        return fields
    }

    private func count(_ usage: AnswerStream.Usage, _ assigned: Assigned) {
        assigned.worker.metrics.tokens(input: usage.input, output: usage.output)
        guard let output = usage.output, output > 1 else { return }
        let seconds = Double((NIODeadline.now() - assigned.at).nanoseconds) / 1e9
        if seconds > 0 { assigned.worker.measured(tokensPerSecond: Double(output) / seconds) }
    }

    /// Gives back what the exchange held, and counts it once, by whomever it was answered.
    func end(code: Int) {
        guard !over else { return }
        over = true
        loop.ended(self)
        gateway.letGo(question.held)
        gateway.letGo(heldCopy)
        gateway.leave(failed: code >= 500)
        let nanoseconds = (NIODeadline.now() - began).nanoseconds
        if let last {
            last.worker.metrics.answered(question.route, code: code, model: last.model, nanoseconds: nanoseconds)
            gateway.log.append(entry(last, code: code, nanoseconds: nanoseconds))
        } else {
            gateway.metrics.answeredAlone(question.route, code: code)
        }
    }

    private func entry(_ last: Assigned, code: Int, nanoseconds: Int64) -> RoutedRequest {
        RoutedRequest(
            id: question.id, began: began, route: question.route.path, model: question.model, decision: last.run.decision,
            worker: last.worker.spec.name, promptTokens: question.promptTokens, waited: Double((last.at - began).nanoseconds) / 1e9,
            firstToken: firstContent.map { Double(($0 - last.at).nanoseconds) / 1e9 }, seconds: Double(nanoseconds) / 1e9, status: code,
            failed: trouble.failed.map(\.spec.name), continued: answer.continuedOn != nil)
    }

    // MARK: The client and the clock

    /// The client went away: the engine's work for it stops now.
    func clientGone() {
        guard !over else { return }
        gateway.metrics.cancelled.increment()
        leaveWorker(.cancelled)
        end(code: 499)
    }

    func clientWritable(_ writable: Bool) { connection?.setPaused(!writable) }

    /// Called a few times a second by the loop.
    func look(at now: NIODeadline) {
        guard !over else { return }
        if now >= deadline, assigned != nil { return silent() }
        guard now >= nextComment, !answer.contentSent, errorBody == nil else { return }
        nextComment = now + TimeAmount(gateway.limits.keepAlive)
        if let head = answer.earlyHead(assigned) { client.write(head) }
        guard answer.headSent else { return }
        client.write(ByteBuffer(string: ": keep-alive\n\n"))
        client.flush()
    }

    /// A hung worker is as bad as a dead one.
    private func silent() {
        guard let assigned else { return }
        // A client that does not read stops the worker too; that is not the worker's silence.
        guard client.isWritable else { return deadline = .now() + TimeAmount(seconds: assigned.silence.between) }
        workerFailed(DialectError(.timedOut, "worker '\(assigned.worker.spec.name)' fell silent"), .silence)
    }
}
