public import NIOCore

/// Makes the stream of a second engine the rest of a first one's: one answer, with one id, one finish and one end.
///
/// Feed it the engine's answer in the client's dialect (behind `ReplyTranslator` where one is needed) and send what it writes,
/// which is always whole events. What it writes belongs into the `AnswerRecord` too; then a third engine can go on after it.
public struct Splice: Sendable {
    private let wire: AnswerWire
    private let identity: [JSONObject.Member]
    private let dropsRole: Bool
    private var join: TextJoin
    private var reader: PayloadReader
    private var isFinished = false

    /// The answer has come to its proper end.
    public private(set) var isComplete = false
    /// The words of the error that the new engine sent in its stream; nothing is written from then on.
    public private(set) var failure: String?
    /// Of the whole answer, as far as the last engine told.
    public private(set) var usage = TokenUsage()

    init(_ answer: AnswerSoFar, beginning: Beginning) {
        wire = answer.wire
        identity = answer.identity
        dropsRole = answer.sawRole
        join = TextJoin(tokens: answer.tokens, beginning: beginning)
        reader = PayloadReader(answer.wire.framing)
    }

    public mutating func push(_ bytes: ByteBuffer, into out: inout ByteBuffer) {
        guard !isComplete, failure == nil else { return }
        do {
            for payload in try reader.push(bytes) { read(payload, &out) }
        } catch {
            failure = "the engine sent an event over \(error.limit) bytes"
        }
    }

    /// The engine has ended its answer. Whether that was the answer's own end says `isComplete`.
    public mutating func finish(into out: inout ByteBuffer) {
        guard !isComplete, failure == nil else { return }
        if let payload = reader.finish() { read(payload, &out) }
        // An engine that stops behind its finish has said all there is.
        if isFinished, !isComplete, failure == nil { end(&out) }
    }

    private mutating func read(_ payload: ByteBuffer, _ out: inout ByteBuffer) {
        guard !isComplete, failure == nil else { return }
        if payload.readableBytesView.elementsEqual("[DONE]".utf8) { return end(&out) }
        guard let document = try? JSON(parsing: payload), var event = document.object else {
            return failure = "the engine sent something that is not JSON"
        }
        if let error = UpstreamText.error(in: document) { return failure = error }
        let keeps = wire.framing == .sse ? rewriteEvent(&event) : rewriteLine(&event)
        guard keeps else { return }
        for member in identity where event[member.key] != nil { event[member.key] = member.value }
        guard wire.framing == .sse else {
            event.write(into: &out)
            out.writeStaticString("\n")
            return
        }
        out.writeImmutableBuffer(OpenAIShape.event(.object(event)))
    }

    private mutating func end(_ out: inout ByteBuffer) {
        isComplete = true
        if wire.framing == .sse { out.writeImmutableBuffer(OpenAIStream.done) }
    }
}

// MARK: - OpenAI's events

extension Splice {
    /// False when nothing is left of the event that the client has not seen.
    private mutating func rewriteEvent(_ event: inout JSONObject) -> Bool {
        let hasUsage = sumUsage(&event)
        guard var choice = event["choices"]?[0]?.object else { return hasUsage }
        guard !isFinished else {
            event["choices"] = []
            return hasUsage
        }
        if wire == .completions, let delta = choice["delta"] {
            // It was asked through the chat call.
            choice["delta"] = nil
            choice["text"] = .string(join.rest(of: delta["content"]?.string ?? ""))
            event["object"] = "text_completion"
        } else if var delta = choice["delta"]?.object {
            if dropsRole { delta["role"] = nil }
            if let text = delta["content"]?.string { delta["content"] = .string(join.rest(of: text)) }
            choice["delta"] = .object(delta)
        } else if let text = choice["text"]?.string {
            choice["text"] = .string(join.rest(of: text))
        }
        event["choices"] = [.object(choice)]
        isFinished = choice["finish_reason"]?.string != nil
        return isFinished || hasUsage || Self.says(choice)
    }

    private static func says(_ choice: JSONObject) -> Bool {
        if let text = choice["text"]?.string { return !text.isEmpty }
        return choice["delta"]?.object?.members.contains { !$0.value.isNull && $0.value != "" && $0.value != [] } ?? false
    }

    /// What the client had before counts as written by the new engine too, and no longer as its prompt.
    private mutating func sumUsage(_ event: inout JSONObject) -> Bool {
        guard var counts = event["usage"]?.object else { return false }
        usage = join.summed(TokenUsage(prompt: counts["prompt_tokens"]?.int, completion: counts["completion_tokens"]?.int))
        if let prompt = usage.prompt { counts["prompt_tokens"] = .int(prompt) }
        if let completion = usage.completion { counts["completion_tokens"] = .int(completion) }
        if counts["total_tokens"] != nil { counts["total_tokens"] = .int((usage.prompt ?? 0) &+ (usage.completion ?? 0)) }
        event["usage"] = .object(counts)
        return true
    }
}

// MARK: - Ollama's lines

extension Splice {
    private mutating func rewriteLine(_ line: inout JSONObject) -> Bool {
        let piece = AnswerPiece.all(in: .object(line), of: wire).first
        let text = join.rest(of: piece?.text ?? "")
        write(text, into: &line)
        guard line["done"]?.bool == true else { return !text.isEmpty || text == piece?.text }
        sumCounts(&line)
        isComplete = true
        return true
    }

    /// Puts the text where the client's call has it; `/api/generate` was asked through `/api/chat`.
    private func write(_ text: String, into line: inout JSONObject) {
        guard var message = line["message"]?.object else { return line["response"] = .string(text) }
        guard wire == .generate else {
            message["content"] = .string(text)
            return line["message"] = .object(message)
        }
        line = JSONObject(
            members: line.members.flatMap { member -> [JSONObject.Member] in
                guard member.key == "message" else { return [member] }
                let thinking = message["thinking"].map { [JSONObject.Member("thinking", $0)] } ?? []
                return [.init("response", .string(text))] + thinking
            })
    }

    /// The time of the earlier tokens is not known: the pace of the new engine stands for both, so that a client that divides
    /// finds a true rate.
    private mutating func sumCounts(_ line: inout JSONObject) {
        let told = TokenUsage(prompt: line["prompt_eval_count"]?.int, completion: line["eval_count"]?.int)
        usage = join.summed(told)
        if let prompt = usage.prompt { line["prompt_eval_count"] = .int(prompt) }
        guard let completion = usage.completion else { return }
        line["eval_count"] = .int(completion)
        guard let before = told.completion, before > 0, let spent = line["eval_duration"]?.double, spent >= 0 else { return }
        let whole = spent * Double(completion) / Double(before)
        guard let duration = Int(exactly: whole.rounded()) else { return }
        line["eval_duration"] = .int(duration)
        guard let total = line["total_duration"]?.double, let sum = Int(exactly: (total + whole - spent).rounded()) else { return }
        line["total_duration"] = .int(sum)
    }
}
