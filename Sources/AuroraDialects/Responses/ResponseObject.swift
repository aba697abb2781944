/// The `response` of the Responses API: what was asked, and what came of it.
struct ResponseObject: Sendable {
    enum Status: String {
        case inProgress = "in_progress"
        case completed, incomplete, failed
    }

    /// What stands in every response as the client asked for it, with the API's own default.
    private static let echoed: [(String, JSON)] = [
        ("instructions", .null), ("max_output_tokens", .null), ("max_tool_calls", .null), ("metadata", [:]),
        ("parallel_tool_calls", true), ("temperature", 1), ("tool_choice", "auto"), ("tools", []), ("top_p", 1),
        ("text", ["format": ["type": "text"]]), ("truncation", "disabled"), ("user", .null),
    ]

    let model: String
    private let echo: [JSONObject.Member]

    init(_ request: JSONObject, model: String) {
        self.model = model
        var echo = Self.echoed.map { key, usual in JSONObject.Member(key, request[key].flatMap { $0.isNull ? nil : $0 } ?? usual) }
        let reasoning = request["reasoning"]
        echo.append(.init("reasoning", ["effort": reasoning?["effort"] ?? .null, "summary": .null]))
        self.echo = echo
    }

    func json(id: String, created: Int, _ status: Status, output: [JSON] = [], error: JSON = .null, _ answer: Answer? = nil) -> JSON {
        let head: [JSONObject.Member] = [
            .init("id", .string("resp_" + id)), .init("object", "response"), .init("created_at", .int(created)),
            .init("status", .string(status.rawValue)), .init("background", false), .init("error", error),
            .init("incomplete_details", Self.incomplete(status, answer)), .init("model", .string(model)),
            .init("output", .array(output)), .init("previous_response_id", .null), .init("store", false),
        ]
        let usage = status == .inProgress ? nil : answer.map { Self.usage($0.usage) }
        return .object(JSONObject(members: head + echo + [.init("usage", usage ?? .null)]))
    }

    /// How an answer that came to its end is called.
    static func status(_ answer: Answer) -> Status {
        answer.finishReason == "length" || answer.finishReason == "content_filter" ? .incomplete : .completed
    }

    private static func incomplete(_ status: Status, _ answer: Answer?) -> JSON {
        guard status == .incomplete else { return .null }
        return ["reason": answer?.finishReason == "content_filter" ? "content_filter" : "max_output_tokens"]
    }

    private static func usage(_ usage: ChatUsage) -> JSON {
        [
            "input_tokens": .int(usage.prompt),
            "input_tokens_details": ["cached_tokens": .int(usage.cached), "cache_write_tokens": 0],
            "output_tokens": .int(usage.completion), "output_tokens_details": ["reasoning_tokens": .int(usage.thinking)],
            "total_tokens": .int(usage.prompt &+ usage.completion),
        ]
    }
}
