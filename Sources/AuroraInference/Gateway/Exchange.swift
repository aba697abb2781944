import AuroraDialects
import AuroraHTTP
import AuroraModel
import AuroraRouting
import Metrics
import NIOCore
import Synchronization

/// One question and its answer: asks the router for a worker, sends, forwards what comes as it comes. When a worker fails, the next one
/// answers instead of it, or goes on where it stopped. Confined to its event loop.
final class Exchange: UpstreamDelegate {
    /// How often the router hears that an answer goes on.
    static let progressEvery = TimeAmount.milliseconds(100)

    let question: Question
    let gateway: Gateway
    let loop: GatewayLoop
    unowned let client: GatewayHandler

    /// Names to try, the client's own first, then its fallbacks.
    private let models: [String]
    private var modelIndex = 0
    private var ticket: Ticket?
    var assigned: Assigned?
    /// The last one that was asked, to which the answer is counted.
    var last: Assigned?
    var connection: UpstreamConnection?
    /// What is being sent, to send it again on a fresh connection.
    private var request: UpstreamRequest?
    private var fresh = false
    var answer: AnswerStream
    var trouble = Trouble()
    /// The error answer of a worker, held back because its words must be translated or put into a running stream.
    var errorBody: (status: Int, bytes: ByteBuffer)?
    let began = NIODeadline.now()
    /// From the worker that was asked last.
    var firstContent: NIODeadline?
    private var lastProgress = NIODeadline.now()
    var deadline = NIODeadline.distantFuture
    var nextComment: NIODeadline
    var over = false
    /// Of a body that lies in a file.
    private var copy: ByteBuffer?
    private(set) var heldCopy = HeldBytes()

    init(_ question: Question, gateway: Gateway, loop: GatewayLoop, client: GatewayHandler) {
        self.question = question
        self.gateway = gateway
        self.loop = loop
        self.client = client
        models = gateway.models.chain(for: question.model)
        answer = AnswerStream(question)
        nextComment = question.wantsEvents ? began + TimeAmount(gateway.limits.keepAlive) : .distantFuture
    }

    func start() {
        loop.began(self)
        if let unload = gateway.unload, question.unloads { unloadEverywhere(unload) } else { place() }
    }

    /// Whoever holds the model must let go of it, not the one that would answer best.
    private func unloadEverywhere(_ unload: @escaping Gateway.Unload) {
        let (model, path, body, isForwarded) = (question.model, question.route.path, question.body.copied, question.wishes.hop > 0)
        loop.pool.loop.makeFutureWithTask { await unload(model, path, body, isForwarded) }.assumeIsolated().whenSuccess { [self] answer in
            guard !over else { return }
            guard let answer else { return place() }
            end(code: answer.status)
            client.send(GatewayAnswer(status: answer.status, body: answer.body, requestID: question.id))
            client.exchangeEnded()
        }
    }

    // MARK: Choosing a worker

    func place() {
        let ask = MeshRouter.Ask(model: models[modelIndex], request: routingRequest(), fits: question.wishes.fits(on: gateway.node))
        switch gateway.router.admit(ask, resume: self.resumption()) {
        case .run(let assignment):
            send(to: assignment)
        case .waits(let ticket):
            self.ticket = ticket
            gateway.metrics.waited.increment()
        case .refused(let refusal):
            refused(refusal)
        }
    }

    private func routingRequest() -> RoutingRequest {
        RoutingRequest(
            model: MeshRouter.unresolved, promptTokens: question.promptTokens, expectedTokens: question.expectedTokens,
            affinity: question.wishes.session, prefixes: question.prefixes,
            policy: question.wishes.policy ?? gateway.models.policy(of: models[modelIndex]),
            client: question.client, priority: question.wishes.priority,
            deadline: question.wishes.deadline.map { MeshRouter.instant(began).advanced(by: $0) }, excluded: trouble.excluded,
            streams: question.streams, isPaced: !question.scan.hasTools)
    }

    /// What the router calls when it is this request's turn.
    private func resumption() -> MeshRouter.Resume {
        let bound = NIOLoopBound(self, eventLoop: loop.pool.loop)
        let eventLoop = loop.pool.loop
        let router = gateway.router
        return { result in
            eventLoop.execute { bound.value.resumed(result, router) }
        }
    }

    private func resumed(_ result: Result<MeshRouter.Assignment, MeshRouter.Refused>, _ router: MeshRouter) {
        ticket = nil
        switch result {
        case .success(let assignment):
            guard !over else { return router.ended(assignment.run.id, .cancelled) }
            send(to: assignment)
        case .failure(let refused):
            guard !over else { return }
            self.refused(refused.refusal)
        }
    }

    private func refused(_ refusal: Refusal) {
        if !answer.contentSent, modelIndex + 1 < models.count {
            modelIndex += 1
            return place()
        }
        refuse(trouble.last ?? RefusalWords.error(refusal, question, model: models[modelIndex], gateway))
    }

    // MARK: Asking it

    private func send(to assignment: MeshRouter.Assignment) {
        let assigned = Assigned(
            worker: assignment.worker, run: assignment.run, silence: assignment.silence, at: .now(),
            reason: trouble.failed.isEmpty ? assignment.run.decision.reason.rawValue : Decision.Reason.retry.rawValue)
        self.assigned = assigned
        last = assigned
        firstContent = nil
        let worker = assigned.worker
        worker.metrics.load(worker.inFlight.wrappingAdd(1, ordering: .relaxed).newValue)
        worker.requests.wrappingAdd(1, ordering: .relaxed)
        do throws(DialectError) {
            guard let continuation = try continuation(on: worker) else { return }
            switch try UpstreamRequest.make(question, for: assigned, continuing: continuation.value, copy: copyOfBody) {
            case .answered(let body): answerAlone(body)
            case .send(let made): send(made, on: worker)
            }
        } catch {
            refuse(error)
        }
    }

    /// How this worker goes on with what the client has already; nil inside when nothing was sent yet. Nil altogether when the answer
    /// could be ended without asking anybody.
    private func continuation(on worker: Worker) throws(DialectError) -> (value: Continuation?, Void)? {
        guard answer.contentSent else { return (nil, ()) }
        guard let record = answer.record else { throw trouble.last ?? .busy }
        let body = try copyOfBody()
        switch record.resumption(of: body, on: worker.spec.kind) {
        case .resume(let continuation):
            return (continuation, ())
        case .close(let bytes):
            leaveWorker(.cancelled)
            client.write(answer.close(with: bytes))
            finish(AnswerStream.Usage(), code: 200)
            return nil
        case .impossible(let obstacle):
            gateway.metrics.broken(obstacle.rawValue)
            throw trouble.cannotContinue(obstacle)
        }
    }

    private func send(_ made: UpstreamRequest, on worker: Worker) {
        request = made
        answer.expect(made.translator, made.splice, on: worker.spec.name)
        if made.splice != nil { announceContinuation(on: worker) }
        errorBody = nil
        fresh = false
        connect()
    }

    /// Where the answer goes on. A comment of an event stream changes nothing for those who do not look for it.
    private func announceContinuation(on worker: Worker) {
        gateway.metrics.continued.increment()
        guard question.wantsEvents else { return }
        client.write(ByteBuffer(string: ": aurora continued on \(worker.spec.name)\n\n"))
        client.flush()
    }

    private func connect() {
        guard let worker = assigned?.worker, let request else { return }
        deadline = .now() + TimeAmount(seconds: assigned?.silence.first ?? 300)
        loop.pool.acquire(worker.endpoint, fresh: fresh, timeout: TimeAmount(gateway.limits.connect)) { [self] result in
            guard !over, assigned?.worker === worker else {
                if case .success(let connection) = result { connection.cancel() }
                return
            }
            switch result {
            case .success(let connection):
                self.connection = connection
                send(request, over: connection)
            case .failure(let failure):
                upstreamFailed(failure)
            }
        }
    }

    private func send(_ request: UpstreamRequest, over connection: UpstreamConnection) {
        switch request.body {
        case .memory(let bytes): connection.send(request.head, body: bytes, delegate: self)
        case .file(let stored, let model):
            connection.begin(request.head, chunked: false, delegate: self)
            BodySender(stored, replacing: model, to: connection) { [weak self] in self?.tookBody(connection) }.sendNext()
        }
    }

    /// A worker that takes more of a body is not silent.
    private func tookBody(_ taker: UpstreamConnection) {
        guard connection === taker, let assigned else { return }
        deadline = .now() + TimeAmount(seconds: assigned.silence.first)
    }

    /// The body in memory, where all of it must be looked at. It is counted until the exchange is over.
    private func copyOfBody() throws(DialectError) -> ByteBuffer {
        guard case .file(let stored) = question.body else { return question.body.copied }
        if let copy { return copy }
        guard gateway.hold(stored.count) else { throw .bodiesHeld }
        heldCopy.add(stored.count)
        let made = question.body.copied
        copy = made
        return made
    }

    /// Leaves the worker that was asked; its connection is closed unless its answer had ended.
    func leaveWorker(_ ending: Ending) {
        connection?.cancel()
        connection = nil
        request = nil
        if let ticket {
            self.ticket = nil
            gateway.router.leave(ticket.id)
        }
        guard let assigned else { return }
        self.assigned = nil
        let worker = assigned.worker
        worker.metrics.load(worker.inFlight.wrappingSubtract(1, ordering: .relaxed).newValue)
        if case .failed = ending { worker.failures.wrappingAdd(1, ordering: .relaxed) }
        gateway.router.ended(assigned.run.id, ending)
    }

    /// The worker failed: another one takes over, from the beginning or from where it stopped.
    func workerFailed(_ error: DialectError, _ cause: Trouble.Cause) {
        guard let assigned else { return }
        trouble.add(error, cause, assigned)
        leaveWorker(cause.ending)
        gateway.metrics.retried(cause.rawValue)
        if let over = trouble.isEnough(gateway.limits.poisonLimit) { return refuse(over) }
        guard !answer.contentSent || answer.record != nil else { return breakOff(error) }
        place()
    }

    // MARK: What the worker answers

    func upstreamHead(_ head: ResponseHead) {
        guard let assigned else { return }
        deadline = .now() + TimeAmount(seconds: assigned.silence.first)
        if head.status < 300 { return answer.begin(head, assigned) }
        if Trouble.isWorthRetrying(head.status), hasAnother {
            let error = DialectError(
                .init(status: head.status), "worker '\(assigned.worker.spec.name)' answered \(head.status)", status: head.status)
            return workerFailed(error, head.status == 429 || head.status == 503 ? .busy : head.status == 404 ? .missing : .status)
        }
        if answer.translates || answer.headSent || question.face != nil {
            errorBody = (head.status, ByteBuffer())
        } else {
            answer.begin(head, assigned)
        }
    }

    private var hasAnother: Bool {
        let fits = question.wishes.fits(on: gateway.node)
        return gateway.router.workers(for: models[modelIndex]).contains { candidate, _ in
            candidate.isUp && candidate !== assigned?.worker && !trouble.excluded.contains(candidate.id) && fits?(candidate) != false
        } || (modelIndex + 1 < models.count && !answer.contentSent)
    }

    func upstreamBody(_ bytes: ByteBuffer) {
        guard let assigned else { return }
        assigned.worker.progress.wrappingAdd(1, ordering: .relaxed)
        if errorBody != nil {
            if (errorBody?.bytes.readableBytes ?? 0) < 65_536 { errorBody?.bytes.writeImmutableBuffer(bytes) }
            return
        }
        do throws(DialectError) {
            pass(try answer.body(bytes), assigned)
        } catch {
            connection?.cancel()
            workerFailed(error, .broken)
        }
    }

    private func pass(_ output: AnswerStream.Output, _ assigned: Assigned) {
        if firstContent == nil, output.bytes.readableBytes > 0 { sawFirstContent(assigned, ofAnswer: answer.continuedOn == nil) }
        if let head = output.head { client.write(head) }
        if output.tokens > 0 { gateway.count(tokens: output.tokens) }
        if output.bytes.readableBytes > 0 { client.write(output.bytes) }
    }

    /// - Parameter ofAnswer: false when another worker had begun the answer.
    private func sawFirstContent(_ assigned: Assigned, ofAnswer: Bool) {
        let now = NIODeadline.now()
        firstContent = now
        gateway.router.firstToken(assigned.run.id)
        guard ofAnswer else { return }
        assigned.worker.metrics.firstToken(question.route, model: assigned.model, nanoseconds: (now - began).nanoseconds)
    }

    func upstreamReadComplete() {
        if let assigned { heard(from: assigned) }
        client.flush()
        if !client.isWritable { connection?.setPaused(true) }
    }

    private func heard(from assigned: Assigned) {
        let now = NIODeadline.now()
        deadline = now + TimeAmount(seconds: firstContent == nil ? assigned.silence.first : assigned.silence.between)
        guard firstContent != nil, now - lastProgress > Self.progressEvery else { return }
        lastProgress = now
        gateway.router.progress(assigned.run.id)
    }

    func upstreamEnd() {
        connection = nil
        if let errorBody { return upstreamRefused(errorBody.status, errorBody.bytes) }
        guard let assigned else { return }
        switch answer.end() {
        case .broken(let why):
            workerFailed(DialectError(.upstream, "worker '\(assigned.worker.spec.name)' failed: \(why)"), .broken)
        case .whole(let output, let usage):
            pass(output, assigned)
            leaveWorker(
                answer.status >= 500 ? .failed(.status) : .finished(Measured(promptTokens: usage.input, outputTokens: usage.output)))
            finish(usage, code: answer.status)
        }
    }

    /// The worker's own error, in the words and the shape of the client's dialect.
    private func upstreamRefused(_ status: Int, _ body: ByteBuffer) {
        let error = DialectError(upstreamStatus: status, body: body)
        leaveWorker(status >= 500 ? .failed(.status) : .cancelled)
        refuse(error)
    }

    func upstreamFailed(_ failure: UpstreamFailure) {
        connection = nil
        guard let assigned else { return }
        if case .closedBeforeHead(reused: true) = failure, !fresh {
            // It closed a kept connection just when it was used again, which says nothing about the worker.
            fresh = true
            return connect()
        }
        var cause = Trouble.Cause.broken
        if case .connect(let reason) = failure {
            cause = .connect
            assigned.worker.markDown("cannot connect: \(reason)")
        }
        workerFailed(DialectError(.upstream, "worker '\(assigned.worker.spec.name)' failed: \(failure.words)"), cause)
    }
}

extension TimeAmount {
    init(seconds: Double) { self = .nanoseconds(Int64(min(max(seconds, 0), 1e9) * 1e9)) }
}
