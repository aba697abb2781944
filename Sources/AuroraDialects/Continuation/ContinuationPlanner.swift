import AuroraModel
import NIOCore

/// Decides whether an answer can go on, and writes the request for it.
struct ContinuationPlanner {
    let answer: AnswerSoFar
    let kind: EngineKind
    let keepsGrammar: Bool

    func plan(_ body: ByteBuffer) -> Resumption {
        do {
            return try planned(body)
        } catch {
            return .impossible(error)
        }
    }

    private func planned(_ body: ByteBuffer) throws(Obstacle) -> Resumption {
        if let obstacle = answer.obstacle { throw obstacle }
        if answer.isFinished || answer.sawDone { return .close(AnswerEnding.missing(answer)) }
        guard !answer.endsInsideEvent, let request = (try? JSON(parsing: body))?.object else { throw .unreadable }
        guard !answer.text.isEmpty else {
            // Thinking that has begun cannot be handed over; without any text the question is simply asked again.
            guard answer.thinking.isEmpty else { throw .thinking }
            return .resume(Continuation(path: answer.wire.path, body: body, splice: Splice(answer, beginning: Beginning(""))))
        }
        try ContinuationRules(request, keepsGrammar: keepsGrammar).check()
        var budget = TokenBudget(request, answer.wire)
        guard !budget.isUsedUp(by: answer.tokens) else { return .close(AnswerEnding.length(answer)) }
        let beginning = Beginning(answer.text)
        budget.lower(by: answer.tokens - (beginning.blank.isEmpty ? 0 : answer.blankTokens))
        let (path, continued) = try write(budget.request, beginning.text)
        return .resume(Continuation(path: path, body: JSON.object(continued).bytes, splice: Splice(answer, beginning: beginning)))
    }

    private static func isRaw(_ request: JSONObject) -> Bool {
        request["raw"]?.bool == true || request["suffix"]?.string?.isEmpty == false
    }

    private func write(_ request: JSONObject, _ text: String) throws(Obstacle) -> (path: String, JSONObject) {
        var request = request
        switch answer.wire {
        case .chatCompletions, .chat:
            request["messages"] = .array(try extended(request["messages"]?.array, with: text))
            if answer.wire == .chatCompletions, kind == .openai, !text.isEmpty { Prefill.mark(&request) }
        case .completions:
            // Ollama puts the prompt of this call into a user's turn.
            guard kind == .openai || Self.isRaw(request) else { return (AnswerWire.chatCompletions.path, try asChat(request, text)) }
            request["prompt"] = try Self.extended(prompt: request["prompt"], with: text)
        case .generate:
            guard Self.isRaw(request) else { return (AnswerWire.chat.path, try asChat(request, text)) }
            request["prompt"] = try Self.extended(prompt: request["prompt"], with: text)
        }
        return (answer.wire.path, request)
    }

    /// The partial answer as the last message; behind a beginning that the client gave it goes into that message.
    private func extended(_ messages: [JSON]?, with text: String) throws(Obstacle) -> [JSON] {
        guard var messages else { throw .prompt }
        guard !text.isEmpty else { return messages }
        if let last = messages.last?.object, last["role"]?.string?.lowercased() == "assistant" {
            guard last["tool_calls"]?.array?.isEmpty != false else { throw .toolCalls }
            guard let begun = last["content"]?.string else { throw .prompt }
            var message = last
            message["content"] = .string(begun + text)
            messages[messages.count - 1] = .object(message)
            return messages
        }
        var message: JSONObject = ["role": "assistant", "content": .string(text)]
        if !answer.thinking.isEmpty { message.append(thinkingKey, .string(answer.thinking)) }
        return messages + [.object(message)]
    }

    private var thinkingKey: String {
        guard answer.wire.framing == .sse else { return "thinking" }
        return kind == .ollama ? "reasoning" : "reasoning_content"
    }

    private static func extended(prompt: JSON?, with text: String) throws(Obstacle) -> JSON {
        switch prompt {
        case .string(let prompt): return .string(prompt + text)
        case .array(let prompts):
            // Tokens, or several prompts with an answer each.
            guard let only = only(.array(prompts)) else { throw .prompt }
            return [.string(only + text)]
        default: throw .prompt
        }
    }

    private static func only(_ prompts: JSON?) -> String? {
        prompts?.array?.count == 1 ? prompts?[0]?.string : nil
    }

    /// The same question to a chat call, which makes the same prompt of it.
    private func asChat(_ request: JSONObject, _ text: String) throws(Obstacle) -> JSONObject {
        guard let prompt = request["prompt"]?.string ?? Self.only(request["prompt"]), request["template"]?.string?.isEmpty != false,
            request["context"]?.array?.isEmpty != false
        else { throw .prompt }
        var user: JSONObject = ["role": "user", "content": .string(prompt)]
        user.append("images", request["images"])
        var messages: [JSON] = [.object(user)]
        if let system = request["system"]?.string, !system.isEmpty {
            messages.insert(["role": "system", "content": .string(system)], at: 0)
        }
        var chat = request
        for key in ["prompt", "system", "images", "raw", "suffix", "template", "context"] { chat[key] = nil }
        chat["messages"] = .array(try extended(messages, with: text))
        return chat
    }
}

/// How much of the text the new engine is given.
struct Beginning: Sendable {
    /// What the engine goes on from.
    let text: String
    /// White space at the end that it was not given and will write again; the client has it already.
    let blank: String

    /// Some templates cut white space off the end of a message, and tokens that were apart there may join; so the engine writes it
    /// again.
    init(_ text: String) {
        let end = text.utf8.lastIndex { !$0.isBlank }.map { text.utf8.index(after: $0) } ?? text.startIndex
        self.text = String(text[..<end])
        blank = String(text[end...])
    }
}
