import AuroraModel

/// One running service under `keep:`, as written.
struct KeptDraft: Draft {
    static let noun = "a kept service"
    static let schema = Schema<KeptDraft>(fields: [
        Field("kind", \.kind, .choice(), isRequired: true, "What it speaks; `ollama` and `openai` also become engines."),
        Field("url", \.url, .secretURL, isRequired: true, "Where it answers."),
        Field("health", \.health, .urlPath, "Path that answers 2xx while it is well; kind `http` only."),
    ])

    var kind: KeptKind?
    var url: Secret?
    var health: String?

    init() {}

    init(_ kept: KeptService) {
        (kind, url, health) = (kept.kind, kept.url, kept.health)
    }

    func built(name: String, _ reader: inout Reader) -> KeptService? {
        guard let kind, let url else { return nil }
        check(kind, url, &reader)
        return KeptService(name: name, kind: kind, url: url, health: health)
    }

    private func check(_ kind: KeptKind, _ url: Secret, _ reader: inout Reader) {
        if let refusal = kind.refusal(of: url.reveal()) {
            reader.report(
                "\(reader.path).url is '\(RedactedURL.text(url.reveal()).clipped)'", fix: "use \(refusal)", at: "\(reader.path).url")
        }
        if health != nil, kind != .http {
            reader.report(
                "\(reader.path).health is set, and its kind is '\(kind.rawValue)'",
                fix: "remove 'health': it is asked for over HTTP and belongs to kind 'http'", at: "\(reader.path).health")
        }
    }

    static func name(of kept: KeptService) -> String { kept.name }
}

extension KeptKind {
    /// What the URL should be instead; nil if it fits the kind.
    fileprivate func refusal(of text: String) -> String? {
        guard let url = ServiceURL(text) else { return "a URL" }
        let hasHost = url.hosts.allSatisfy { !$0.name.isEmpty }
        switch self {
        case .postgres:
            return ["postgres", "postgresql"].contains(url.scheme) ? nil : "a URL such as postgresql://user@127.0.0.1:5432/app"
        case .http:
            let fits = ["http", "https"].contains(url.scheme) && hasHost && url.hosts.count == 1
            return fits ? nil : "a URL such as http://127.0.0.1:8000"
        case .ollama, .openai:
            return EngineURL.normalised(text) == nil ? EngineURL.expected : nil
        }
    }
}

extension KeptService {
    /// The engine that a kept service is; nil for a database or a web service.
    var engine: EngineSpec? {
        guard let kind = EngineKind(rawValue: kind.rawValue), let url = EngineURL.normalised(url.reveal()) else { return nil }
        return EngineSpec(name: name, kind: kind, url: url, source: .manifest)
    }
}
