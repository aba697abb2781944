public import NIOCore

/// Turns an engine's answer on OpenAI's wire into Ollama's, piece by piece as it comes.
///
/// Feed it the body of a 200 with `push`, then call `finish`, or `fail` when the connection broke. What is to be sent is
/// appended to the buffer that is passed in; one event of the engine makes at most one line.
public struct ReplyTranslator: Sendable {
    /// The most bytes of an answer in one piece that are held.
    private static let wholeLimit = 64 << 20

    private let reply: OllamaReply
    private let streams: Bool
    private var measure: ReplyMeasure
    private var parser = SSEParser()
    private var whole = ByteBuffer()
    private var tools = ToolCallAssembler()
    private var finishReason: String?
    private var sawDone = false

    /// Nothing more will be written; what is pushed is dropped.
    public private(set) var isFinished = false
    /// Set when the answer ends in an error, which then stands in the output: as the last line of a stream, or as the whole
    /// body of an answer in one piece. That has not started yet, so its status can still be this error's.
    public private(set) var failure: DialectError?

    init(_ reply: OllamaReply, streams: Bool, start: Moment) {
        self.reply = reply
        self.streams = streams
        measure = ReplyMeasure(start: start.nanoseconds)
    }

    public var contentType: String { streams ? OllamaShape.streamType : OllamaShape.wholeType }

    /// What the engine has told of the tokens so far.
    public var usage: TokenUsage { measure.usage }

    public mutating func push(_ bytes: ByteBuffer, at now: Moment, into out: inout ByteBuffer) {
        guard !isFinished else { return }
        do throws(DialectError) {
            if streams {
                try readStream(bytes, now, &out)
            } else {
                try collect(bytes)
            }
        } catch {
            end(with: error, &out)
        }
    }

    /// The engine has ended its answer.
    public mutating func finish(at now: Moment, into out: inout ByteBuffer) {
        guard !isFinished else { return }
        do throws(DialectError) {
            if streams {
                if let event = parser.finish() { try read(event, now, &out) }
                if !isFinished { try writeLastLine(now, &out) }
            } else {
                try writeWhole(now, &out)
            }
        } catch {
            end(with: error, &out)
        }
    }

    /// The engine broke off; `message` says how.
    public mutating func fail(_ message: String, into out: inout ByteBuffer) {
        guard !isFinished else { return }
        end(with: DialectError(.upstream, message), &out)
    }

    private mutating func end(with error: DialectError, _ out: inout ByteBuffer) {
        isFinished = true
        failure = error
        out.writeImmutableBuffer(streams ? OllamaShape.errorLine(error.message) : OllamaShape.error(error))
    }
}

// MARK: - a stream

extension ReplyTranslator {
    private mutating func readStream(_ bytes: ByteBuffer, _ now: Moment, _ out: inout ByteBuffer) throws(DialectError) {
        let events: [SSEEvent]
        do {
            events = try parser.push(bytes)
        } catch {
            throw DialectError(.upstream, "the engine sent an event over \(error.limit) bytes")
        }
        for event in events where !isFinished { try read(event, now, &out) }
    }

    private mutating func read(_ event: SSEEvent, _ now: Moment, _ out: inout ByteBuffer) throws(DialectError) {
        if event.data.readableBytesView.elementsEqual("[DONE]".utf8) {
            sawDone = true
            return try writeLastLine(now, &out)
        }
        let chunk = try Self.document(event.data)
        measure.read(chunk)
        guard let choice = chunk["choices"]?[0] else { return }
        let piece = OpenAIPiece(choice, alternatives: reply.alternatives)
        for fragment in piece.toolCalls { try tools.add(fragment) }
        if piece.says || !piece.toolCalls.isEmpty { measure.token(at: now.nanoseconds) }
        if let reason = piece.finishReason { finishReason = reason }
        guard piece.says, !(reply.hidesThinking && piece.content.isEmpty && piece.logprobs == nil) else { return }
        write(reply.line(piece, at: now.date, ending: [.init("done", false)]), &out)
    }

    private mutating func writeLastLine(_ now: Moment, _ out: inout ByteBuffer) throws(DialectError) {
        guard sawDone || finishReason != nil else {
            throw DialectError(.upstream, "the engine's answer stopped before its end")
        }
        if !tools.isEmpty {
            write(reply.line(OpenAIPiece(), toolCalls: try tools.ollama(), at: now.date, ending: [.init("done", false)]), &out)
        }
        write(reply.line(OpenAIPiece(), at: now.date, ending: ending(now)), &out)
        isFinished = true
    }

    private func write(_ line: JSONObject, _ out: inout ByteBuffer) {
        line.write(into: &out)
        out.writeStaticString("\n")
    }

    private func ending(_ now: Moment) -> [JSONObject.Member] {
        [.init("done", true), .init("done_reason", .string(OllamaReply.doneReason(finishReason)))] + measure.members(end: now.nanoseconds)
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

extension ReplyTranslator {
    private mutating func collect(_ bytes: ByteBuffer) throws(DialectError) {
        guard whole.readableBytes + bytes.readableBytes <= Self.wholeLimit else {
            throw DialectError(.upstream, "the engine's answer is over \(Self.wholeLimit) bytes")
        }
        whole.writeImmutableBuffer(bytes)
    }

    private mutating func writeWhole(_ now: Moment, _ out: inout ByteBuffer) throws(DialectError) {
        let document = try Self.document(whole)
        measure.read(document)
        let body: JSONObject
        switch reply.shape {
        case .chat, .generate: body = try generated(document, now)
        case .embed, .embeddings: body = try EmbeddingReply.translate(document, reply, measure, end: now.nanoseconds)
        }
        body.write(into: &out)
        isFinished = true
    }

    private mutating func generated(_ document: JSON, _ now: Moment) throws(DialectError) -> JSONObject {
        guard let choice = document["choices"]?[0] else { throw DialectError(.upstream, "the engine's answer holds no choices") }
        var piece = OpenAIPiece(choice, alternatives: reply.alternatives)
        piece.content = Prefill.removed(reply.prefill, from: piece.content)
        for call in piece.toolCalls { try tools.add(call) }
        finishReason = piece.finishReason
        return reply.line(piece, toolCalls: try tools.ollama(), at: now.date, ending: ending(now))
    }
}
