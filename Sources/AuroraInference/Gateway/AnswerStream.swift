import AuroraDialects
import AuroraHTTP
import AuroraModel
import NIOCore

/// The head of an answer to a client.
struct AnswerHead {
    let status: Int
    /// Lines of fields.
    let fields: ByteBuffer
    /// Of the body in bytes, where it is known.
    let length: Int?
}

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
    private var waitingHead: (ResponseHead, Choice)?

    init(_ question: Question) {
        self.question = question
        tail = StreamTail(question.streams ? (question.route.dialect == .openai ? .sse : .ndjson) : .whole)
    }

    var translates: Bool { translator != nil }

    /// A worker was asked; its answer needs this translation, or none. What an earlier one began to say is forgotten.
    mutating func expect(_ translator: ReplyTranslator?) {
        self.translator = translator
        waitingHead = nil
    }

    /// A worker's answer begins. Its head waits for the first bytes behind it: until then another worker can take over unseen.
    mutating func begin(_ upstream: ResponseHead, choice: Choice) {
        streams = question.streams && upstream.status < 300
        guard !headSent else { return }
        status = upstream.status
        lengthPromised = translator == nil && upstream.fields.contains(.contentLength)
        waitingHead = (upstream, choice)
    }

    /// The head that waits; nil when it has been sent.
    /// - Parameter length: of a whole answer that was translated.
    private mutating func takeHead(length: Int? = nil) -> AnswerHead? {
        guard let (upstream, choice) = waitingHead else { return nil }
        waitingHead = nil
        headSent = true
        var fields = ByteBuffer()
        fields.reserveCapacity(upstream.fields.raw.readableBytes + 256)
        let replacesType = translator != nil
        let marksStream = question.streams
        upstream.fields.write(into: &fields) { name in
            switch name {
            case .contentType: !replacesType
            case .cacheControl, .accelBuffering: !marksStream
            default: !HopHeaders.dropsFromAnswer(name)
            }
        }
        if let translator { fields.writeField("content-type", translator.contentType) }
        if marksStream { Self.markStream(&fields) }
        mark(&fields, choice)
        let told = lengthPromised ? upstream.fields[.contentLength].flatMap { Int($0) } : nil
        return AnswerHead(status: status, fields: fields, length: length ?? told)
    }

    /// The head of an event stream that begins before any worker answered, so that the client's connection stays alive.
    mutating func earlyHead(choice: Choice?) -> AnswerHead? {
        guard !headSent, waitingHead.map({ $0.0.status < 300 }) ?? true else { return nil }
        headSent = true
        waitingHead = nil
        lengthPromised = false
        streams = true
        var fields = ByteBuffer()
        fields.writeField("content-type", "text/event-stream; charset=utf-8")
        Self.markStream(&fields)
        mark(&fields, choice)
        return AnswerHead(status: 200, fields: fields, length: nil)
    }

    private static func markStream(_ fields: inout ByteBuffer) {
        fields.writeStaticString("cache-control: no-cache, no-transform\r\nx-accel-buffering: no\r\n")
    }

    private func mark(_ fields: inout ByteBuffer, _ choice: Choice?) {
        fields.writeField("server", ServerHeader.value)
        fields.writeField("x-request-id", question.id)
        guard let choice else { return }
        fields.writeField("x-aurora-worker", choice.candidate.worker.spec.name)
        fields.writeField("x-aurora-reason", choice.reason.rawValue)
    }

    /// What a piece of the worker's answer becomes, the head before it where that waited, and how many tokens are in it as far as
    /// events tell.
    mutating func body(_ bytes: ByteBuffer) -> (head: AnswerHead?, out: ByteBuffer, tokens: Int) {
        var out = bytes
        if translator != nil {
            out = ByteBuffer()
            translator?.push(bytes, at: .now, into: &out)
        }
        guard out.readableBytes > 0 else { return (nil, out, 0) }
        contentSent = true
        return (takeHead(), out, count(out))
    }

    /// Follows what is sent, and tells how many events of the stream are in it: about one a token.
    private mutating func count(_ bytes: ByteBuffer) -> Int {
        let before = tail.events
        tail.push(bytes)
        return streams ? tail.events - before : 0
    }

    /// The worker's answer has ended: what is still to be sent, the head with it where that waited, and what it cost.
    mutating func end() -> (head: AnswerHead?, out: ByteBuffer, usage: Usage) {
        var out = ByteBuffer()
        var length: Int?
        if translator != nil {
            translator?.finish(at: .now, into: &out)
            tail.push(out)
            // Only now it is known whether a whole answer is one, or an error.
            if !streams {
                status = translator?.failure?.status ?? status
                length = out.readableBytes
            }
        } else if streams, !tail.isComplete, !lengthPromised {
            out = errorEvent(DialectError(.upstream, "the engine ended its answer in the middle"))
        }
        let head = takeHead(length: length)
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
