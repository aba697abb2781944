extension Translation {
    static func embed(_ fields: Fields, _ upstreamModel: String, _ now: Moment) throws(DialectError) -> Outcome {
        let model = try checkedModel(fields)
        _ = try fields.bool("truncate")
        let dimensions = try fields.int("dimensions")
        if let dimensions, dimensions < 0 { throw .invalid("'dimensions' must not be negative, it is \(dimensions)") }
        let texts = try input(fields)
        guard !texts.isEmpty else {
            return .answer(LocalAnswer(reason: .nothingToEmbed, body: JSON.object(["model": .string(model), "embeddings": []]).bytes))
        }
        var request: JSONObject = ["model": .string(upstreamModel), "input": .array(texts), "encoding_format": "float"]
        let wanted = dimensions.flatMap { $0 > 0 ? $0 : nil }
        request.append("dimensions", wanted.map { .int($0) })
        return forward(request, .embed(dimensions: wanted), model, now)
    }

    static func embeddings(_ fields: Fields, _ upstreamModel: String, _ now: Moment) throws(DialectError) -> Outcome {
        let model = try checkedModel(fields)
        guard let prompt = try fields.string("prompt"), !prompt.isEmpty else {
            return .answer(LocalAnswer(reason: .nothingToEmbed, body: JSON.object(["embedding": []]).bytes))
        }
        return forward(["model": .string(upstreamModel), "input": .string(prompt), "encoding_format": "float"], .embeddings, model, now)
    }

    private static func checkedModel(_ fields: Fields) throws(DialectError) -> String {
        guard let model = try fields.string("model"), !model.isEmpty else { throw .modelRequired }
        _ = try KeepAlive(fields["keep_alive"])
        _ = try SamplingOptions.translate(fields.object("options") ?? [:])
        return model
    }

    private static func input(_ fields: Fields) throws(DialectError) -> [JSON] {
        switch fields["input"] {
        case nil, .string(""): return []
        case .string(let text): return [.string(text)]
        case .array(let texts) where texts.allSatisfy({ $0.string != nil }): return texts
        case .some: throw .invalid("invalid input type: 'input' must be a string or an array of strings")
        }
    }

    private static func forward(_ request: JSONObject, _ shape: ReplyShape, _ model: String, _ now: Moment) -> Outcome {
        let reply = ReplyTranslator(OllamaReply(shape: shape, model: model), streams: false, start: now)
        return .forward(Translation(path: "/v1/embeddings", body: JSON.object(request).bytes, streams: false, reply: reply))
    }
}
