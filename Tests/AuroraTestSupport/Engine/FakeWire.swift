import Foundation

/// The bytes of both wires, as a `FakeEngine` sends them.
struct FakeWire: Sendable {
    let path: String
    let model: String
    let streams: Bool

    init(path: String, body: String) {
        self.path = path
        let fields = (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any]
        model = fields?["model"] as? String ?? ""
        streams = fields?["stream"] as? Bool ?? ["/api/chat", "/api/generate"].contains(path)
    }

    private var isOllama: Bool { path.hasPrefix("/api/") }
    var streamType: String { isOllama ? "application/x-ndjson" : "text/event-stream" }
    var notFound: String {
        isOllama
            ? "{\"error\":\"model '\(model)' not found\"}"
            : "{\"error\":{\"message\":\"model '\(model)' not found\",\"type\":\"not_found_error\"}}"
    }

    func piece(_ text: String) -> String {
        switch path {
        case "/api/chat": "{\"model\":\"\(model)\",\"message\":{\"role\":\"assistant\",\"content\":\(quoted(text))},\"done\":false}\n"
        case "/api/generate": "{\"model\":\"\(model)\",\"response\":\(quoted(text)),\"done\":false}\n"
        default:
            "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"\(model)\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\(quoted(text))},\"finish_reason\":null}]}\n\n"
        }
    }

    var last: String {
        guard !isOllama else {
            let text = path == "/api/chat" ? "\"message\":{\"role\":\"assistant\",\"content\":\"\"}" : "\"response\":\"\""
            return
                "{\"model\":\"\(model)\",\(text),\"done\":true,\"done_reason\":\"stop\",\"total_duration\":9,\"prompt_eval_count\":3,\"eval_count\":5,\"eval_duration\":7}\n"
        }
        return
            "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"\(model)\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
            + "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"\(model)\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5,\"total_tokens\":8}}\n\n"
            + "data: [DONE]\n\n"
    }

    func whole(_ text: String) -> String {
        switch path {
        case "/api/chat":
            "{\"model\":\"\(model)\",\"message\":{\"role\":\"assistant\",\"content\":\(quoted(text))},\"done\":true,\"done_reason\":\"stop\",\"eval_count\":5}"
        case "/api/generate":
            "{\"model\":\"\(model)\",\"response\":\(quoted(text)),\"done\":true,\"done_reason\":\"stop\",\"eval_count\":5}"
        case "/v1/embeddings":
            "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"embedding\":[0.25,0.5],\"index\":0}],\"model\":\"\(model)\",\"usage\":{\"prompt_tokens\":3,\"total_tokens\":3}}"
        default:
            "{\"id\":\"c1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"\(model)\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\(quoted(text))},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5,\"total_tokens\":8}}"
        }
    }

    static func tags(_ models: [String]) -> String {
        "{\"models\":[\(models.map { "{\"name\":\"\($0)\",\"model\":\"\($0)\",\"size\":7,\"digest\":\"d\",\"details\":{}}" }.joined(separator: ","))]}"
    }

    static func list(_ models: [String]) -> String {
        "{\"object\":\"list\",\"data\":[\(models.map { "{\"id\":\"\($0)\",\"object\":\"model\",\"created\":1,\"owned_by\":\"me\"}" }.joined(separator: ","))]}"
    }

    private func quoted(_ text: String) -> String {
        (try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}
