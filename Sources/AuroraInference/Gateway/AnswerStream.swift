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

/// What the client has been sent so far, and how a worker's answer becomes the rest of it: bytes in, bytes out.
///
/// On its way a piece is translated where the worker speaks another dialect, joined to what an earlier worker said, cut into whole
/// events, and remembered in case this worker dies too. An answer that is no stream is held until it is whole, so that until then another
/// worker can give it.
struct AnswerStream {
    /// An answer that is no stream is held up to this many bytes; what is larger is passed on as it comes.
    private static let holdLimit = 8 << 20

    /// Tokens as the engine counted them.
    struct Usage {
        var input: Int?
        var output: Int?
        /// Tokens that were not counted while they passed, because the answer came in one piece.
        var uncounted = 0
    }

    /// What is to be sent to the client now.
    struct Output {
        var head: AnswerHead?
        var bytes = ByteBuffer()
        /// Tokens in it, as far as events tell.
        var tokens = 0
    }

    /// How a worker's answer came to its end.
    enum End {
        case whole(Output, Usage)
        /// It was not whole, whatever the connection said.
        case broken(String)
    }

    private let question: Question
    private var face: FaceReply?
    private var translator: ReplyTranslator?
    private var splice: Splice?
    private var boundary: EventBoundary?
    private(set) var record: AnswerRecord?
    private var tail: StreamTail
    private var held: ByteBuffer?
    private(set) var headSent = false
    private(set) var contentSent = false
    private(set) var status = 200
    private var streams = false
    private var upstreamLength: Int?
    private var waitingHead: (ResponseHead, Assigned)?
    /// The worker that went on with what another had begun.
    private(set) var continuedOn: String?

    init(_ question: Question) {
        self.question = question
        face = question.face
        tail = StreamTail(question.streams ? (question.route.dialect == .openai ? .sse : .ndjson) : .whole)
        held = question.streams ? nil : ByteBuffer()
        boundary = question.streams ? EventBoundary(tail.kind) : nil
        // Who sent the request on to this node goes on elsewhere itself.
        if question.streams, question.wishes.hop == 0, let wire = AnswerWire(path: question.target) { record = AnswerRecord(wire) }
    }

    var translates: Bool { translator != nil }

    /// A worker was asked; its answer needs this translation and goes on where another stopped, or neither.
    mutating func expect(_ translator: ReplyTranslator?, _ splice: Splice?, on worker: String) {
        self.translator = translator
        self.splice = splice
        waitingHead = nil
        if held != nil { held = ByteBuffer() }
        if question.streams { boundary = EventBoundary(tail.kind) }
        if splice != nil { continuedOn = worker }
    }

    /// A worker's answer begins. Its head waits for the first bytes behind it: until then another worker can take over unseen.
    mutating func begin(_ upstream: ResponseHead, _ assigned: Assigned) {
        streams = question.streams && upstream.status < 300
        if !streams { boundary = nil }
        guard !headSent else { return }
        // An error instead of a stream is held like any answer in one piece.
        if !streams, held == nil { held = ByteBuffer() }
        status = upstream.status
        upstreamLength = translator == nil ? upstream.fields[.contentLength].flatMap { Int($0) } : nil
        waitingHead = (upstream, assigned)
    }

    // MARK: Heads

    /// The head that waits; nil when it has been sent.
    private mutating func takeHead(length: Int?) -> AnswerHead? {
        guard let (upstream, assigned) = waitingHead else { return nil }
        waitingHead = nil
        headSent = true
        var fields = ByteBuffer()
        fields.reserveCapacity(upstream.fields.raw.readableBytes + 256)
        let type = translator?.contentType
        let marksStream = question.streams
        upstream.fields.write(into: &fields) { name in
            switch name {
            case .contentType: type == nil
            case .cacheControl, .accelBuffering: !marksStream
            default: !HopHeaders.dropsFromAnswer(name)
            }
        }
        if let type { fields.writeField("content-type", type) }
        if marksStream { Self.markStream(&fields) }
        mark(&fields, assigned)
        return AnswerHead(status: status, fields: fields, length: length)
    }

    /// The head of an event stream that begins before any worker answered, so that the client's connection stays alive.
    mutating func earlyHead(_ assigned: Assigned?) -> AnswerHead? {
        guard !headSent, waitingHead.map({ $0.0.status < 300 }) ?? true else { return nil }
        headSent = true
        waitingHead = nil
        var fields = ByteBuffer()
        fields.writeField("content-type", "text/event-stream; charset=utf-8")
        Self.markStream(&fields)
        mark(&fields, assigned)
        streams = true
        face?.isStreaming = true
        return AnswerHead(status: 200, fields: fields, length: nil)
    }

    private static func markStream(_ fields: inout ByteBuffer) {
        fields.writeStaticString("cache-control: no-cache, no-transform\r\nx-accel-buffering: no\r\n")
    }

    private func mark(_ fields: inout ByteBuffer, _ assigned: Assigned?) {
        fields.writeField("server", ServerHeader.value)
        fields.writeField("x-request-id", question.id)
        guard let assigned else { return }
        fields.writeField("x-aurora-worker", assigned.worker.spec.name)
        fields.writeField("x-aurora-node", assigned.worker.node)
        fields.writeField("x-aurora-reason", assigned.reason)
    }

    // MARK: Pieces

    /// Takes in a piece of the worker's answer. Throws what the worker itself called an error in the middle of its stream.
    mutating func body(_ bytes: ByteBuffer) throws(DialectError) -> Output {
        guard streams else { return hold(bytes) }
        let out = try joined(try translated(bytes))
        let ready = boundary?.push(out) ?? out
        return try sent(ready)
    }

    private mutating func translated(_ bytes: ByteBuffer) throws(DialectError) -> ByteBuffer {
        guard translator != nil else { return bytes }
        var out = ByteBuffer()
        translator?.push(bytes, at: .now, into: &out)
        if let failure = translator?.failure { throw failure }
        return out
    }

    private mutating func joined(_ bytes: ByteBuffer) throws(DialectError) -> ByteBuffer {
        guard splice != nil else { return bytes }
        var out = ByteBuffer()
        splice?.push(bytes, into: &out)
        if let failure = splice?.failure { throw DialectError(.upstream, failure) }
        return out
    }

    private mutating func sent(_ bytes: ByteBuffer) throws(DialectError) -> Output {
        guard bytes.readableBytes > 0 else { return Output() }
        if let words = EngineErrorEvent.words(in: bytes, tail.kind) { throw DialectError(.upstream, words) }
        contentSent = true
        record?.append(bytes)
        let before = tail.events
        tail.push(bytes)
        return Output(head: takeHead(length: nil), bytes: shown(bytes), tokens: tail.events - before)
    }

    /// In the client's own wire.
    private mutating func shown(_ bytes: ByteBuffer) -> ByteBuffer {
        guard face != nil else { return bytes }
        var out = ByteBuffer()
        face?.push(bytes, into: &out)
        return out
    }

    /// Keeps a piece of an answer that is no stream; lets go of what has become too much to keep.
    private mutating func hold(_ bytes: ByteBuffer) -> Output {
        guard translator == nil else {
            var none = ByteBuffer()
            translator?.push(bytes, at: .now, into: &none)
            return Output()
        }
        tail.push(bytes)
        guard held != nil else { return Output(bytes: bytes) }
        if held?.readableBytes == 0 { held = bytes } else { held?.writeImmutableBuffer(bytes) }
        guard face == nil, let all = held, all.readableBytes > Self.holdLimit else { return Output() }
        held = nil
        contentSent = true
        return Output(head: takeHead(length: upstreamLength), bytes: all)
    }

    // MARK: The end

    /// The worker's answer has ended, as far as the connection tells.
    mutating func end() -> End { streams ? endOfStream() : endOfWhole() }

    private mutating func endOfStream() -> End {
        var out = ByteBuffer()
        if translator != nil {
            translator?.finish(at: .now, into: &out)
            if let failure = translator?.failure { return .broken(failure.message) }
        }
        if splice != nil {
            var joined = ByteBuffer()
            splice?.push(out, into: &joined)
            splice?.finish(into: &joined)
            if let failure = splice?.failure { return .broken(failure) }
            guard splice?.isComplete == true else { return .broken("its answer ended in the middle") }
            out = joined
        }
        if var last = boundary?.push(out) {
            last.writeImmutableBuffer(boundary?.finish() ?? ByteBuffer())
            out = last
        }
        let output: Output
        do { output = try sent(out) } catch { return .broken(error.message) }
        guard tail.isComplete else { return .broken("its answer ended in the middle") }
        var bytes = output.bytes
        face?.finish(into: &bytes)
        return .whole(Output(head: output.head ?? takeHead(length: nil), bytes: bytes, tokens: output.tokens), usage)
    }

    private mutating func endOfWhole() -> End {
        var out = held ?? ByteBuffer()
        if translator != nil {
            out = ByteBuffer()
            translator?.finish(at: .now, into: &out)
            status = translator?.failure?.status ?? status
        }
        if face != nil, status < 300 {
            out = shown(out)
            face?.finish(into: &out)
            status = face?.failure?.status ?? status
        }
        let wasHeld = held != nil
        held = nil
        contentSent = true
        var usage = usage
        usage.uncounted = usage.output ?? 0
        return .whole(Output(head: takeHead(length: out.readableBytes), bytes: wasHeld ? out : ByteBuffer()), usage)
    }

    private var usage: Usage {
        let told = splice?.usage ?? translator?.usage ?? tail.usage
        return Usage(input: told?.prompt, output: told?.completion)
    }

    /// The event that tells of a failure in mid-stream; nil where the shape of the answer has no place for it.
    mutating func failure(_ error: DialectError) -> ByteBuffer? {
        guard question.streams else { return nil }
        if face != nil {
            var out = ByteBuffer()
            face?.isStreaming = true
            face?.fail(error, into: &out)
            return out
        }
        return question.route.dialect == .openai ? OpenAIShape.errorEvent(error) : OllamaShape.errorLine(error.message)
    }

    /// The answer is whole but for these bytes, which come from no worker: what the client is to be sent.
    mutating func close(with bytes: ByteBuffer) -> ByteBuffer {
        var out = shown(bytes)
        face?.finish(into: &out)
        return out
    }
}
