public import Foundation

/// Something found on this machine, as it would stand under `keep:`.
public struct KeptCandidate: Sendable, Equatable, Codable {
    public var name: String
    public var kind: KeptKind
    /// As it would be written: secrets only as `${NAME}`, never as values.
    public var url: String?
    /// The port of this machine that `url` leads to.
    public var port: Int?
    public var health: String?
    public var unit: String?
    public var container: String?
    /// Ports of this machine that it holds besides the one of `url`.
    public var ports: [Int]
    public var config: [String]
    /// One line that says what was found: program, pid, user, since when.
    public var found: String
    /// How it is run, in a few words: `unit nginx.service`, `container web`, `process 812`.
    public var runs: String
    public var since: Date?

    public init(
        name: String, kind: KeptKind, url: String? = nil, port: Int? = nil, health: String? = nil, unit: String? = nil,
        container: String? = nil, ports: [Int] = [], config: [String] = [], found: String = "", runs: String = "", since: Date? = nil
    ) {
        self.name = name
        self.kind = kind
        self.url = url
        self.port = port
        self.health = health
        self.unit = unit
        self.container = container
        self.ports = ports
        self.config = config
        self.found = found
        self.runs = runs
        self.since = since
    }
}
