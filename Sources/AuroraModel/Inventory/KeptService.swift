/// What kind of thing ran before Aurora: what it speaks, or, where that is not known, how it is run.
public enum KeptKind: String, Sendable, Codable, CaseIterable {
    case postgres, redis, nginx, http, ollama, openai, prometheus, grafana
    case container
    /// A program, or several of one unit, of which no more is known.
    case process
    /// A file with lines of cron.
    case cron
    case other
}

extension KeptKind {
    /// Whether nothing can be done with it without knowing where it answers.
    public var needsURL: Bool {
        switch self {
        case .postgres, .redis, .http, .ollama, .openai, .prometheus, .grafana: true
        case .nginx, .container, .process, .cron, .other: false
        }
    }

    /// Whether it can have a place where it answers.
    public var takesURL: Bool { self != .cron && self != .process }

    /// Whether a path of it can be asked for over HTTP to learn how it is.
    public var takesHealth: Bool {
        switch self {
        case .nginx, .http, .prometheus, .grafana, .container, .other: true
        case .postgres, .redis, .ollama, .openai, .process, .cron: false
        }
    }
}

/// Something that ran before Aurora; never stopped, moved or edited.
public struct KeptService: Sendable, Equatable {
    public let name: String
    public let kind: KeptKind
    /// May carry a password, so it is a secret; show it with `RedactedURL`.
    public let url: Secret?
    /// Path that answers 2xx when the service is well (kinds that speak HTTP).
    public let health: String?
    /// The unit of systemd that runs it, with its suffix.
    public let unit: String?
    /// The name of the container that it runs in.
    public let container: String?
    /// Ports of this machine that it holds besides the one of `url`.
    public let ports: [Int]
    /// Files and folders, absolute, whose bytes must not change.
    public let config: [String]
    /// The operator's own words.
    public let note: String?

    public init(
        name: String, kind: KeptKind, url: Secret? = nil, health: String? = nil, unit: String? = nil, container: String? = nil,
        ports: [Int] = [], config: [String] = [], note: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.url = url
        self.health = health
        self.unit = unit
        self.container = container
        self.ports = ports
        self.config = config
        self.note = note
    }
}
