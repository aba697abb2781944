import AuroraDialects
import AuroraHTTP
import AuroraModel
import NIOCore
import NIOHTTP1

/// What the client has been sent so far, and how the rest of a worker's answer becomes it: bytes in, bytes out.
struct AnswerStream {
    /// Tokens as the engine counted them.
    struct Usage {
        var input: Int?
        var output: Int?
        /// Tokens that were not counted while they passed, because the answer came in one piece.
        var uncounted = 0
    }

    private let question: Question
    private var translator: ReplyTranslator?
    private var tail: StreamTail
    private(set) var headSent = false
    private(set) var contentSent = false
    private(set) var status = 200
    /// The head promised a length, so nothing may be added.
    private var lengthPromised = false
    private var streams = false
    private var waitingHead: (HTTPResponseHead, Choice)?

    init(_ question: Question) {
        self.question = question
        tail = StreamTail(question.streams ? (question.route.dialect == .openai ? .sse : .ndjson) : .whole)
    }

    var translates: Bool { translator != nil }

    /// A worker was asked; its answer needs this translation, or none.
    mutating func expect(_ translator: ReplyTranslator?) { self.translator = translator }

    /// The head for the client; nil when one has been sent already.
    mutating func head(_ upstream: HTTPResponseHead, choice: Choice) -> HTTPResponseHead? {
        streams = question.streams && upstream.status.code < 300
        guard !headSent else { return nil }
        status = Int(upstream.status.code)
        guard streams || translator == nil else {
            // A whole answer that is translated may still turn out to be an error: its head waits for its end.
            waitingHead = (upstream, choice)
            return nil
        }
        return finishHead(upstream, choice)
    }

    private mutating func finishHead(_ upstream: HTTPResponseHead, _ choice: Choice, length: Int? = nil) -> HTTPResponseHead {
        headSent = true
        var headers = HTTPHeaders()
        headers.reserveCapacity(upstream.headers.count + 5)
        for (name, value) in upstream.headers where !HopHeaders.dropsFromAnswer(name) { headers.add(name: name, value: value) }
        if let translator {
            headers.replaceOrAdd(name: "content-type", value: translator.contentType)
            headers.remove(name: "content-length")
        }
        if let length { headers.add(name: "content-length", value: String(length)) }
        lengthPromised = headers.contains(name: "content-length")
        mark(&headers, choice)
        return HTTPResponseHead(version: question.head.version, status: .init(statusCode: status), headers: headers)
    }

    /// The head of an event stream that begins before any worker answered, so that the client's connection stays alive.
    mutating func earlyHead(choice: Choice?) -> HTTPResponseHead? {
        guard !headSent else { return nil }
        headSent = true
        streams = true
        var headers = HTTPHeaders([("content-type", "text/event-stream; charset=utf-8")])
        mark(&headers, choice)
        return HTTPResponseHead(version: question.head.version, status: .ok, headers: headers)
    }

    private func mark(_ headers: inout HTTPHeaders, _ choice: Choice?) {
        if question.streams {
            headers.replaceOrAdd(name: "cache-control", value: "no-cache, no-transform")
            headers.replaceOrAdd(name: "x-accel-buffering", value: "no")
        }
        headers.add(name: "server", value: ServerHeader.value)
        headers.add(name: "x-request-id", value: question.id)
        guard let choice else { return }
        headers.add(name: "x-aurora-worker", value: choice.candidate.worker.spec.name)
        headers.add(name: "x-aurora-reason", value: choice.reason.rawValue)
    }

    /// What a piece of the worker's answer becomes, and how many tokens are in it as far as events tell.
    mutating func body(_ bytes: ByteBuffer) -> (out: ByteBuffer, tokens: Int) {
        guard var translator else {
            contentSent = true
            return (bytes, count(bytes))
        }
        var out = ByteBuffer()
        translator.push(bytes, at: .now, into: &out)
        self.translator = translator
        // Until the translation gives something out, another worker can still take over unseen.
        if out.readableBytes > 0 { contentSent = true }
        return (out, count(out))
    }

    /// Follows what is sent, and tells how many events of the stream are in it: about one a token.
    private mutating func count(_ bytes: ByteBuffer) -> Int {
        let before = tail.events
        tail.push(bytes)
        return streams ? tail.events - before : 0
    }

    /// The worker's answer has ended: what is still to be sent, the head with it where that waited, and what it cost.
    mutating func end() -> (head: HTTPResponseHead?, out: ByteBuffer, usage: Usage) {
        var out = ByteBuffer()
        var head: HTTPResponseHead?
        if translator != nil {
            translator?.finish(at: .now, into: &out)
            if let (upstream, choice) = waitingHead {
                status = translator?.failure?.status ?? status
                head = finishHead(upstream, choice, length: out.readableBytes)
            }
            tail.push(out)
        } else if streams, !tail.isComplete, !lengthPromised {
            out = errorEvent(DialectError(.upstream, "the engine ended its answer in the middle"))
        }
        let told = translator?.usage ?? tail.usage
        var usage = Usage(input: told?.prompt, output: told?.completion)
        if !streams { usage.uncounted = usage.output ?? 0 }
        return (head, out, usage)
    }

    /// The event that tells of a failure in mid-stream; nil where the shape of the answer has no place for it.
    mutating func fail(_ error: DialectError) -> ByteBuffer? {
        guard streams, !lengthPromised else { return nil }
        guard translator != nil else { return errorEvent(error) }
        var out = ByteBuffer()
        translator?.fail(error.message, into: &out)
        return out
    }

    private func errorEvent(_ error: DialectError) -> ByteBuffer {
        question.route.dialect == .openai ? OpenAIShape.errorEvent(error) : OllamaShape.errorLine(error.message)
    }

    /// A worker's error in the words and the shape of the client's dialect.
    func translateError(status: Int, body: ByteBuffer) -> DialectError {
        DialectError(upstreamStatus: status, body: body)
    }
}
