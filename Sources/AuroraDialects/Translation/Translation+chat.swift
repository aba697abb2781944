extension Translation {
    static func chat(_ fields: Fields, _ upstreamModel: String, _ now: Moment) throws(DialectError) -> Outcome {
        let settings = try GenerationSettings(fields)
        let tools = try Tools.translate(fields.array("tools") ?? [])
        let messages = try fields.array("messages") ?? []
        guard !messages.isEmpty else { return .answer(.loading(.chat, settings, now)) }
        let translated = try ChatMessages.translate(messages)
        var request = settings.begin(upstreamModel, [.init("messages", .array(translated))])
        request.append("tools", tools)
        settings.appendThink(to: &request)
        let prefill = Prefill.text(in: translated)
        if prefill != nil { Prefill.mark(&request) }
        settings.appendLogprobsOfChat(to: &request)
        return forward("/v1/chat/completions", request, .chat, settings, now, prefill: prefill)
    }

    static func generate(_ fields: Fields, _ upstreamModel: String, _ now: Moment) throws(DialectError) -> Outcome {
        let settings = try GenerationSettings(fields)
        let prompt = try Prompt(fields)
        guard !prompt.text.isEmpty else { return .answer(.loading(.generate, settings, now)) }
        guard !prompt.isRaw else {
            var request = settings.begin(upstreamModel, [.init("prompt", .string(prompt.text))])
            if !prompt.suffix.isEmpty { request.append("suffix", .string(prompt.suffix)) }
            settings.appendLogprobsOfCompletion(to: &request)
            return forward("/v1/completions", request, .generate, settings, now)
        }
        var request = settings.begin(upstreamModel, [.init("messages", try prompt.messages())])
        settings.appendThink(to: &request)
        settings.appendLogprobsOfChat(to: &request)
        return forward("/v1/chat/completions", request, .generate, settings, now)
    }

    private static func forward(
        _ path: String, _ request: JSONObject, _ shape: ReplyShape, _ settings: GenerationSettings, _ now: Moment, prefill: String? = nil
    ) -> Outcome {
        let shaped = OllamaReply(
            shape: shape, model: settings.model, hidesThinking: settings.think == .on(false), alternatives: settings.logprobs ?? 0,
            prefill: prefill)
        let reply = ReplyTranslator(shaped, streams: settings.streams, start: now)
        return .forward(Translation(path: path, body: JSON.object(request).bytes, streams: settings.streams, reply: reply))
    }
}

/// The prompt of `/api/generate` and the rules about what may stand beside it.
private struct Prompt {
    let text: String
    let suffix: String
    /// The prompt goes to the model as it is, without a chat template.
    let isRaw: Bool
    private let system: String
    private let images: [JSON]

    init(_ fields: Fields) throws(DialectError) {
        text = try fields.string("prompt") ?? ""
        suffix = try fields.string("suffix") ?? ""
        system = try fields.string("system") ?? ""
        images = try fields.array("images") ?? []
        let template = try fields.string("template") ?? ""
        let context = try fields.array("context") ?? []
        let raw = try fields.bool("raw") ?? false
        isRaw = raw || !suffix.isEmpty
        if raw, !template.isEmpty || !system.isEmpty || !context.isEmpty {
            throw .invalid("raw mode does not support template, system, or context")
        }
        guard template.isEmpty else {
            throw .invalid(
                "'template' is not supported by the engine of this model; leave it out, or send the whole prompt with \"raw\": true")
        }
        guard context.isEmpty else {
            throw .invalid("'context' is not supported by the engine of this model; send the earlier turns to /api/chat")
        }
        guard !isRaw || images.isEmpty else { throw .invalid("'images' cannot go with 'raw' or 'suffix' on the engine of this model") }
        guard suffix.isEmpty || system.isEmpty else { throw .invalid("'system' cannot go with 'suffix' on the engine of this model") }
    }

    func messages() throws(DialectError) -> JSON {
        let user: JSON = ["role": "user", "content": try Images.content(text, images: images, path: "")]
        return .array(system.isEmpty ? [user] : [["role": "system", "content": .string(system)], user])
    }
}
