public import NIOCore

/// Turns an answer of chat.completions into that of a face, piece by piece as it comes.
///
/// Feed it what would have been sent to a client of `/v1/chat/completions`: the body of a 200 with `push`, then `finish`, or
/// `fail` when the gateway gives up. What is to be sent is appended to the buffer that is passed in.
public struct FaceReply: Sendable {
    /// The most bytes of an answer that are held.
    private static let limit = 64 << 20

    private let streams: Bool
    /// The beginning of the answer that stood in the request.
    private let prefill: String?
    private var writer: any FaceWriter
    private var events = SSEParser()
    private var document = ByteBuffer()
    private var reader: AnswerPartReader
    private var answer = Answer()
    private var answerBytes = 0
    private var hasBegun = false
    private var hasOpenItem = false

    /// Set this when the head of a stream was sent before the answer began, with comments to keep it alive: then an error can only
    /// be an event.
    public var isStreaming = false
    /// Nothing more will be written; what is pushed is dropped.
    public private(set) var isFinished = false
    /// Set when the answer ends in an error, which then stands in the output. Until a stream has begun, and for an answer in one
    /// piece, the output is the body for this error's status.
    public private(set) var failure: DialectError?

    init(_ writer: any FaceWriter, streams: Bool, id: String, prefill: String?) {
        self.writer = writer
        self.streams = streams
        self.prefill = prefill
        reader = AnswerPartReader(id: id)
    }

    public var contentType: String { streams ? OpenAIShape.streamType : OpenAIShape.wholeType }

    /// What the engine has told of the tokens so far.
    public var usage: TokenUsage {
        let told = reader.usage
        return told == ChatUsage() ? TokenUsage() : TokenUsage(prompt: told.prompt, completion: told.completion)
    }

    public mutating func push(_ bytes: ByteBuffer, into out: inout ByteBuffer) {
        guard !isFinished else { return }
        do throws(DialectError) {
            if streams {
                try readStream(bytes, &out)
            } else {
                try checkSize(document.readableBytes + bytes.readableBytes)
                document.writeImmutableBuffer(bytes)
            }
        } catch {
            fail(error, into: &out)
        }
    }

    /// The answer has ended.
    public mutating func finish(into out: inout ByteBuffer) {
        guard !isFinished else { return }
        do throws(DialectError) {
            guard streams else { return try writeWhole(&out) }
            if let event = events.finish() { try read(event.data, &out) }
            if !isFinished { try end(&out) }
        } catch {
            fail(error, into: &out)
        }
    }

    /// The answer broke off.
    public mutating func fail(_ error: DialectError, into out: inout ByteBuffer) {
        guard !isFinished else { return }
        isFinished = true
        failure = error
        if streams, hasBegun || isStreaming {
            begin(&out)
            writer.fail(error, answer, into: &out)
        } else {
            out.writeImmutableBuffer(writer.error(error))
        }
    }

    private func checkSize(_ bytes: Int) throws(DialectError) {
        guard bytes <= Self.limit else { throw DialectError(.upstream, "the engine's answer is over \(Self.limit) bytes") }
    }
}

// MARK: - a stream

extension FaceReply {
    private mutating func readStream(_ bytes: ByteBuffer, _ out: inout ByteBuffer) throws(DialectError) {
        let events: [SSEEvent]
        do {
            events = try self.events.push(bytes)
        } catch {
            throw DialectError(.upstream, "the engine sent an event over \(error.limit) bytes")
        }
        for event in events where !isFinished { try read(event.data, &out) }
    }

    private mutating func read(_ data: ByteBuffer, _ out: inout ByteBuffer) throws(DialectError) {
        if data.readableBytesView.elementsEqual("[DONE]".utf8) {
            answer.finishReason = reader.finishReason ?? "stop"
            return try end(&out)
        }
        let parts = try reader.read(try Self.document(data))
        begin(&out)
        for part in parts { try write(part, &out) }
    }

    private mutating func begin(_ out: inout ByteBuffer) {
        guard !hasBegun else { return }
        hasBegun = true
        writer.begin(into: &out)
    }

    private mutating func write(_ part: AnswerPart, _ out: inout ByteBuffer) throws(DialectError) {
        guard let (item, text) = place(part) else { return }
        if let item {
            closeItem(&out)
            answer.items.append(item)
            hasOpenItem = true
            writer.open(item, at: answer.items.count - 1, into: &out)
        }
        answerBytes += text.utf8.count
        try checkSize(answerBytes)
        guard let last = answer.items.indices.last, !text.isEmpty else { return }
        answer.items[last].text += text
        writer.grow(answer.items[last], by: text, at: last, into: &out)
    }

    /// The item that a part begins, or nil where it goes on with the last one, and its text; nil for a part that is not shown.
    private func place(_ part: AnswerPart) -> (item: AnswerItem?, text: String)? {
        switch part {
        case .thinking(let text): writer.showsThinking ? (begins(.thinking), text) : nil
        case .text(let text): (begins(.text), text)
        case .call(let id, let name): (AnswerItem(kind: .call(id: id, name: name)), "")
        case .arguments(let text): (nil, text)
        }
    }

    private func begins(_ kind: AnswerItem.Kind) -> AnswerItem? {
        answer.items.last?.kind == kind ? nil : AnswerItem(kind: kind)
    }

    private mutating func closeItem(_ out: inout ByteBuffer) {
        guard hasOpenItem, let last = answer.items.last else { return }
        hasOpenItem = false
        writer.close(last, at: answer.items.count - 1, into: &out)
    }

    private mutating func end(_ out: inout ByteBuffer) throws(DialectError) {
        takeEnd()
        guard answer.finishReason != nil else { throw DialectError(.upstream, "the engine's answer stopped before its end") }
        begin(&out)
        closeItem(&out)
        writer.end(answer, into: &out)
        isFinished = true
    }

    private mutating func takeEnd() {
        answer.finishReason = reader.finishReason ?? answer.finishReason
        answer.stopSequence = reader.stopSequence
        answer.usage = reader.usage
    }

    /// Parses what an engine sent; its own error is thrown as one.
    private static func document(_ bytes: ByteBuffer) throws(DialectError) -> JSON {
        let document: JSON
        do {
            document = try JSON(parsing: bytes)
        } catch {
            throw DialectError(.upstream, "the engine sent something that is not JSON: \(error)")
        }
        if let text = UpstreamText.error(in: document) { throw DialectError(.upstream, text) }
        return document
    }
}

// MARK: - an answer in one piece

extension FaceReply {
    private mutating func writeWhole(_ out: inout ByteBuffer) throws(DialectError) {
        let document = try Self.document(self.document)
        guard document["choices"]?[0] != nil else { throw DialectError(.upstream, "the engine's answer holds no choices") }
        for part in try reader.read(document) {
            guard let (item, text) = place(part) else { continue }
            if let item { answer.items.append(item) }
            if let last = answer.items.indices.last { answer.items[last].text += text }
        }
        removePrefill()
        takeEnd()
        answer.finishReason = answer.finishReason ?? "stop"
        try writer.whole(answer).write(into: &out)
        isFinished = true
    }

    private mutating func removePrefill() {
        guard let place = answer.items.firstIndex(where: { $0.kind == .text }) else { return }
        answer.items[place].text = Prefill.removed(prefill, from: answer.items[place].text)
        if answer.items[place].text.isEmpty { answer.items.remove(at: place) }
    }
}
