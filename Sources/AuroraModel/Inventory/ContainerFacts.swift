public import Foundation

/// A container as its engine tells of it.
public struct ContainerFacts: Sendable, Equatable, Codable {
    public var id: String
    public var name: String
    public var image: String
    /// `running`, `exited`, …
    public var state: String
    public var startedAt: Date?
    public var pid: Int32?
    /// Only those that are published on the machine.
    public var ports: [PortMapping]
    public var labels: [String: String]
    /// The compose project it belongs to, and its service there.
    public var project: String?
    public var service: String?
    /// `healthy`, `unhealthy`, `starting`; nil without a health check.
    public var health: String?

    public init(
        id: String, name: String, image: String, state: String, startedAt: Date? = nil, pid: Int32? = nil, ports: [PortMapping] = [],
        labels: [String: String] = [:], project: String? = nil, service: String? = nil, health: String? = nil
    ) {
        self.id = id
        self.name = name
        self.image = image
        self.state = state
        self.startedAt = startedAt
        self.pid = pid
        self.ports = ports
        self.labels = labels
        self.project = project
        self.service = service
        self.health = health
    }
}

/// A unit of systemd.
public struct UnitFacts: Sendable, Equatable, Codable {
    /// With its suffix: `nginx.service`, `backup.timer`.
    public var name: String
    public var description: String
    /// `active`, `inactive`, `failed`, …
    public var state: String
    /// `enabled`, `disabled`, `static`, …; nil when unknown.
    public var enablement: String?
    public var mainPid: Int32?
    /// Its file, and the files that add to it.
    public var files: [String]

    public init(
        name: String, description: String = "", state: String, enablement: String? = nil, mainPid: Int32? = nil, files: [String] = []
    ) {
        self.name = name
        self.description = description
        self.state = state
        self.enablement = enablement
        self.mainPid = mainPid
        self.files = files
    }
}
