import AuroraModel

/// One running service under `keep:`, as written.
struct KeptDraft: Draft {
    static let noun = "a kept service"
    static let schema = Schema<KeptDraft>(fields: [
        Field("kind", \.kind, .choice(), isRequired: true, "What it speaks, or how it is run; `ollama` and `openai` also become engines."),
        Field("url", \.url, .secretURL, "Where it answers; needed for kinds with a wire of their own, refused for `process` and `cron`."),
        Field("health", \.health, .urlPath, "Path that answers 2xx while it is well; kinds that speak HTTP only."),
        Field("unit", \.unit, .unit, "The unit of systemd that runs it."),
        Field("container", \.container, .container, "The container that it runs in, by name."),
        Field("ports", \.ports, .list(.heldPort), "Ports of the machine that it holds besides the one of `url`."),
        Field("config", \.config, .list(.file), "Files and folders that belong to it; a change of them is noticed."),
        Field("note", \.note, .words, "Words of your own."),
    ])

    var kind: KeptKind?
    var url: Secret?
    var health: String?
    var unit: String?
    var container: String?
    var ports: [Int] = []
    var config: [String] = []
    var note: String?

    init() {}

    init(_ kept: KeptService) {
        (kind, url, health, unit) = (kept.kind, kept.url, kept.health, kept.unit)
        (container, ports, config, note) = (kept.container, kept.ports, kept.config, kept.note)
    }

    func built(name: String, _ reader: inout Reader) -> KeptService? {
        guard let kind else { return nil }
        check(kind, &reader)
        guard url != nil || !kind.needsURL else { return nil }
        return KeptService(
            name: name, kind: kind, url: url, health: health, unit: unit, container: container, ports: ports, config: config, note: note)
    }

    private func check(_ kind: KeptKind, _ reader: inout Reader) {
        let place = reader.path
        if let url {
            check(url, of: kind, &reader)
        } else if kind.needsURL, !reader.hasErrors(in: "\(place).url") {
            reader.report("\(place) has no 'url'", fix: "add 'url': \(kind.urlExpected)")
        }
        let speaksHTTP = kind.takesHealth && url.flatMap { ServiceURL($0.reveal()) }.map { ["http", "https"].contains($0.scheme) } ?? true
        if health != nil, !speaksHTTP {
            reader.report(
                "\(place).health is set, and its kind is '\(kind.rawValue)'",
                fix: "remove 'health': it is asked for over HTTP and belongs to kind 'http' and others with an HTTP 'url'",
                at: "\(place).health")
        } else if health != nil, url == nil, kind.takesHealth, !kind.needsURL {
            reader.report("\(place).health is set, and there is no 'url'", fix: "add 'url', or remove 'health'", at: "\(place).health")
        }
    }

    private func check(_ url: Secret, of kind: KeptKind, _ reader: inout Reader) {
        let place = "\(reader.path).url"
        if !kind.takesURL {
            reader.report(
                "\(place) is set, and its kind is '\(kind.rawValue)'", fix: "remove 'url', or use the kind of what it speaks", at: place)
        } else if !kind.fits(url.reveal()) {
            reader.report("\(place) is '\(RedactedURL.text(url.reveal()).clipped)'", fix: "use \(kind.urlExpected)", at: place)
        }
    }

    static func name(of kept: KeptService) -> String { kept.name }
}

extension KeptKind {
    /// Completes "use …".
    fileprivate var urlExpected: String {
        switch self {
        case .postgres: "a URL such as postgresql://user@127.0.0.1:5432/app"
        case .redis: "a URL such as redis://127.0.0.1:6379 or unix:///run/redis/redis.sock"
        case .ollama, .openai: EngineURL.expected
        case .nginx, .http, .prometheus, .grafana: "a URL such as http://127.0.0.1:8000"
        case .container, .process, .cron, .other: "a URL such as http://127.0.0.1:8000 or tcp://127.0.0.1:9000"
        }
    }

    fileprivate func fits(_ text: String) -> Bool {
        guard let url = ServiceURL(text) else { return false }
        switch self {
        case .postgres: return ["postgres", "postgresql"].contains(url.scheme)
        case .redis: return ["redis", "rediss", "unix"].contains(url.scheme)
        case .nginx, .http, .prometheus, .grafana: return ["http", "https"].contains(url.scheme) && url.hasOneHost
        case .ollama, .openai: return EngineURL.normalised(text) != nil
        case .container, .process, .cron, .other: return true
        }
    }
}

extension ServiceURL {
    fileprivate var hasOneHost: Bool { hosts.count == 1 && hosts.allSatisfy { !$0.name.isEmpty } }
}

extension KeptService {
    /// The engine that a kept service is; nil for a database or a web service.
    var engine: EngineSpec? {
        guard let kind = EngineKind(rawValue: kind.rawValue), let url = url.flatMap({ EngineURL.normalised($0.reveal()) }) else {
            return nil
        }
        return EngineSpec(name: name, kind: kind, url: url, source: .manifest)
    }
}
