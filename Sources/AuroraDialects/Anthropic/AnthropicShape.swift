/// What goes out on Anthropic's wire.
enum AnthropicShape {
    static func error(_ error: DialectError, requestID: String?) -> JSON {
        var body: JSONObject = [
            "type": "error", "error": ["type": .string(error.kind.anthropicType), "message": .string(error.message)],
        ]
        body.append("request_id", requestID.map(JSON.string))
        return .object(body)
    }

    /// `stop_reason` and `stop_sequence`.
    static func stop(_ answer: Answer) -> [JSONObject.Member] {
        let reason: JSON =
            switch answer.finishReason {
            case "length": "max_tokens"
            case "content_filter": "refusal"
            case "tool_calls", "function_call": "tool_use"
            case _ where answer.callsTools: "tool_use"
            case _ where answer.stopSequence != nil: "stop_sequence"
            default: "end_turn"
            }
        let sequence = reason == "stop_sequence" ? answer.stopSequence.map(JSON.string) : nil
        return [.init("stop_reason", reason), .init("stop_sequence", sequence ?? .null)]
    }

    /// Tokens from the cache do not count as input here.
    static func usage(_ usage: ChatUsage) -> JSON {
        [
            "input_tokens": .int(usage.prompt - usage.cached), "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": .int(usage.cached), "output_tokens": .int(usage.completion),
        ]
    }
}

extension DialectError.Kind {
    /// The words of Anthropic's documentation. Its clients try again by the status, whatever stands here.
    var anthropicType: String {
        switch self {
        case .invalidRequest, .methodNotAllowed, .conflict: "invalid_request_error"
        case .unauthorized: "authentication_error"
        case .forbidden: "permission_error"
        case .notFound: "not_found_error"
        case .tooLarge: "request_too_large"
        case .rateLimited: "rate_limit_error"
        case .overloaded: "overloaded_error"
        case .timedOut: "timeout_error"
        case .cancelled, .failed, .upstream: "api_error"
        }
    }
}
