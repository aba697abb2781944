import AuroraDialects
import AuroraHTTP
import AuroraModel
import Metrics
import NIOCore
import Synchronization

/// One question and its answer: chooses a worker, sends, forwards what comes as it comes, and goes to the next worker while nothing
/// has been shown to the client. Confined to its event loop.
final class Exchange: UpstreamDelegate {
    private let question: Question
    private let gateway: Gateway
    private let loop: GatewayLoop
    private unowned let client: GatewayHandler
    private let candidates: [Candidate]

    private var tried: [Worker] = []
    private var choice: Choice?
    /// The last one asked, to which the answer is counted.
    private var lastChoice: Choice?
    private var connection: UpstreamConnection?
    private var fresh = false
    private var answer: AnswerStream
    /// The error answer of a worker, held back because its words must be translated or put into a running stream.
    private var errorBody: (status: Int, bytes: ByteBuffer)?
    /// What to tell when no worker is left.
    private var lastFailure: DialectError?
    private let began = NIODeadline.now()
    private var deadline = NIODeadline.distantFuture
    private var nextComment: NIODeadline
    private var over = false

    init(_ question: Question, gateway: Gateway, loop: GatewayLoop, client: GatewayHandler) {
        self.question = question
        self.gateway = gateway
        self.loop = loop
        self.client = client
        candidates = gateway.routing.current.candidates(for: question.model)
        answer = AnswerStream(question)
        nextComment = question.wantsEvents ? began + TimeAmount(gateway.limits.keepAlive) : .distantFuture
    }

    func start() {
        loop.began(self)
        attempt()
    }

    // MARK: Choosing and sending

    private func attempt() {
        switch ResidentFirstPolicy.choose(from: candidates, tried: tried, turn: gateway.nextTurn()) {
        case .chosen(let choice): ask(choice)
        case .full: refuse(lastFailure ?? .busy)
        case .nobody: refuse(lastFailure ?? nobody())
        }
    }

    private func nobody() -> DialectError {
        let table = gateway.routing.current
        if let down = candidates.first {
            return DialectError(.overloaded, "model '\(question.model)' is on '\(down.worker.spec.name)', which does not answer now")
        }
        let known = table.modelNames
        guard !known.isEmpty else {
            return DialectError(
                .overloaded, "no engine is up, so there is no model '\(question.model)'; 'aurora doctor' tells what is missing")
        }
        return DialectError.modelNotFound(question.model, nearest: NearestNames.of(question.model, in: known))
    }

    private func ask(_ choice: Choice) {
        let worker = choice.candidate.worker
        let request: UpstreamRequest
        do {
            switch try UpstreamRequest.make(question, for: choice.candidate) {
            case .send(let made): request = made
            case .answered(let body): return answerAlone(body)
            }
        } catch {
            return refuse(error)
        }
        self.choice = choice
        lastChoice = choice
        tried.append(worker)
        worker.metrics.load(worker.inFlight.wrappingAdd(1, ordering: .relaxed).newValue)
        worker.requests.wrappingAdd(1, ordering: .relaxed)
        answer.expect(request.translator)
        fresh = false
        connect(request)
    }

    private func connect(_ request: UpstreamRequest) {
        guard let worker = choice?.candidate.worker else { return }
        deadline = .now() + TimeAmount(gateway.limits.firstByte)
        loop.pool.acquire(worker.endpoint, fresh: fresh, timeout: TimeAmount(gateway.limits.connect)) { [self] result in
            guard !over, choice?.candidate.worker === worker else {
                if case .success(let connection) = result { connection.cancel() }
                return
            }
            switch result {
            case .success(let connection):
                self.connection = connection
                connection.send(request.head, body: request.body, delegate: self)
            case .failure(let failure):
                upstreamFailed(failure)
            }
        }
    }

    /// Leaves the worker that was asked; its connection is closed unless its answer had ended.
    private func leaveWorker(failed: Bool) {
        connection?.cancel()
        connection = nil
        guard let worker = choice?.candidate.worker else { return }
        choice = nil
        worker.metrics.load(worker.inFlight.wrappingSubtract(1, ordering: .relaxed).newValue)
        if failed { worker.failures.wrappingAdd(1, ordering: .relaxed) }
    }

    private func tryNext(_ error: DialectError, why reason: String) {
        lastFailure = error
        leaveWorker(failed: true)
        gateway.metrics.retried(reason)
        attempt()
    }

    // MARK: What the worker answers

    func upstreamHead(_ head: ResponseHead) {
        let status = head.status
        deadline = .now() + TimeAmount(gateway.limits.silence)
        guard let choice else { return }
        if status < 300 { return answer.begin(head, choice: choice) }
        if Self.worthRetrying(status), hasAnother {
            return tryNext(
                DialectError(.init(status: status), "engine '\(choice.candidate.worker.spec.name)' answered \(status)", status: status),
                why: "status")
        }
        if answer.translates || answer.headSent {
            errorBody = (status, ByteBuffer())
        } else {
            answer.begin(head, choice: choice)
        }
    }

    /// Errors of a worker that another worker need not have. Never 400 or 422: those are the request's own fault.
    private static func worthRetrying(_ status: Int) -> Bool { [404, 408, 429, 500, 502, 503, 504].contains(status) }

    private var hasAnother: Bool {
        guard !answer.contentSent else { return false }
        return candidates.contains { candidate in
            candidate.worker.isUp && !candidate.worker.isFull && !tried.contains { $0 === candidate.worker }
        }
    }

    func upstreamBody(_ bytes: ByteBuffer) {
        guard let choice else { return }
        choice.candidate.worker.progress.wrappingAdd(1, ordering: .relaxed)
        if errorBody != nil {
            if (errorBody?.bytes.readableBytes ?? 0) < 65_536 { errorBody?.bytes.writeImmutableBuffer(bytes) }
            return
        }
        if !answer.contentSent {
            choice.candidate.worker.metrics.firstToken(
                question.route, model: choice.candidate.model, nanoseconds: (NIODeadline.now() - began).nanoseconds)
        }
        let (head, out, tokens) = answer.body(bytes)
        if let head { client.write(head) }
        if tokens > 0 { gateway.count(tokens: tokens) }
        if out.readableBytes > 0 { client.write(out) }
    }

    func upstreamReadComplete() {
        deadline = .now() + TimeAmount(gateway.limits.silence)
        client.flush()
        if !client.isWritable { connection?.setPaused(true) }
    }

    func upstreamEnd() {
        connection = nil
        if let errorBody { return refuse(answer.translateError(status: errorBody.status, body: errorBody.bytes), failed: true) }
        guard let choice else { return }
        let (head, out, usage) = answer.end()
        if let head { client.write(head) }
        gateway.count(tokens: usage.uncounted)
        finish(last: out, code: answer.status, usage: usage, choice: choice)
    }

    func upstreamFailed(_ failure: UpstreamFailure) {
        connection = nil
        guard let choice else { return }
        let worker = choice.candidate.worker
        if case .closedBeforeHead(reused: true) = failure, !fresh { return retryFresh(choice) }
        if case .connect(let reason) = failure { worker.markDown("cannot connect: \(reason)") }
        let error = DialectError(.upstream, "engine '\(worker.spec.name)' failed: \(failure.words)")
        if answer.contentSent {
            breakOff(error)
        } else {
            errorBody = nil
            tryNext(error, why: "connection")
        }
    }

    /// The engine closed a kept connection just when it was used again, which says nothing about the engine.
    private func retryFresh(_ choice: Choice) {
        fresh = true
        guard case .send(let request)? = try? UpstreamRequest.make(question, for: choice.candidate) else { return }
        connect(request)
    }

    // MARK: Ending

    /// What an engine of this kind need not be asked, such as loading a model that it always holds.
    private func answerAlone(_ body: ByteBuffer) {
        end(failed: false)
        record(code: 200)
        client.send(GatewayAnswer(status: 200, body: body, requestID: question.id))
        client.exchangeEnded()
    }

    /// Answers with an error of our own, as a status while that is possible, else inside the stream.
    private func refuse(_ error: DialectError, failed: Bool = false) {
        leaveWorker(failed: failed)
        if answer.headSent { return breakOff(error) }
        end(failed: error.status >= 500)
        record(code: error.status)
        client.send(GatewayAnswer.error(error, dialect: question.route.dialect, requestID: question.id))
        client.exchangeEnded()
    }

    /// The answer cannot go on: says so in a way that no client takes for its end.
    private func breakOff(_ error: DialectError) {
        leaveWorker(failed: true)
        end(failed: true)
        record(code: error.status)
        guard let last = answer.fail(error) else { return client.exchangeBroken() }
        client.write(last)
        client.writeEnd()
        client.flush()
        client.exchangeEnded()
    }

    private func finish(last: ByteBuffer, code: Int, usage: AnswerStream.Usage, choice: Choice) {
        leaveWorker(failed: code >= 500)
        end(failed: code >= 500)
        record(code: code)
        choice.candidate.worker.metrics.tokens(input: usage.input, output: usage.output)
        if let output = usage.output, output > 1 {
            let seconds = Double((NIODeadline.now() - began).nanoseconds) / 1e9
            if seconds > 0 { choice.candidate.worker.measured(tokensPerSecond: Double(output) / seconds) }
        }
        if last.readableBytes > 0 { client.write(last) }
        client.writeEnd()
        client.flush()
        client.exchangeEnded()
    }

    /// Once for every request that is answered, by whomever.
    private func record(code: Int) {
        guard let candidate = lastChoice?.candidate else { return gateway.metrics.answeredAlone(question.route, code: code) }
        candidate.worker.metrics.answered(
            question.route, code: code, model: candidate.model, nanoseconds: (NIODeadline.now() - began).nanoseconds)
    }

    /// Gives back what the exchange held; everything after it is words.
    private func end(failed: Bool) {
        guard !over else { return }
        over = true
        loop.ended(self)
        gateway.heldBytes.wrappingSubtract(question.heldBytes, ordering: .relaxed)
        gateway.leave(failed: failed)
    }

    // MARK: The client and the clock

    /// The client went away: the engine's work for it stops now.
    func clientGone() {
        guard !over else { return }
        gateway.metrics.cancelled.increment()
        leaveWorker(failed: false)
        end(failed: false)
    }

    func clientWritable(_ writable: Bool) {
        connection?.setPaused(!writable)
    }

    /// Called a few times a second by the loop.
    func look(at now: NIODeadline) {
        guard !over else { return }
        if now >= deadline { return silent() }
        guard now >= nextComment, !answer.contentSent, errorBody == nil else { return }
        nextComment = now + TimeAmount(gateway.limits.keepAlive)
        if let head = answer.earlyHead(choice: choice) { client.write(head) }
        guard answer.headSent else { return }
        client.write(ByteBuffer(string: ": keep-alive\n\n"))
        client.flush()
    }

    /// A hung worker is as bad as a dead one.
    private func silent() {
        guard let choice else { return }
        // A client that does not read stops the worker too; that is not the worker's silence.
        guard client.isWritable else { return deadline = .now() + TimeAmount(gateway.limits.silence) }
        let error = DialectError(.timedOut, "engine '\(choice.candidate.worker.spec.name)' fell silent")
        if answer.contentSent { breakOff(error) } else { tryNext(error, why: "silence") }
    }
}
