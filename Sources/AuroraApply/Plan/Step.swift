/// What a step touches, for people and for the guard of kept services.
public struct Touches: Sendable, Equatable, Codable {
    public var files: [String]
    public var ports: [PortKey]
    /// Names of programs it starts or ends.
    public var processes: [String]
    public var containers: [String]
    public var units: [String]

    public init(
        files: [String] = [], ports: [PortKey] = [], processes: [String] = [], containers: [String] = [], units: [String] = []
    ) {
        self.files = files
        self.ports = ports
        self.processes = processes
        self.containers = containers
        self.units = units
    }
}

/// A port of this machine, whatever address it is bound to.
public struct PortKey: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    public var port: Int
    public var isUDP: Bool

    public init(_ port: Int, isUDP: Bool = false) { (self.port, self.isUDP) = (port, isUDP) }

    public var description: String { isUDP ? "\(port)/udp" : "\(port)" }

    public static func < (left: PortKey, right: PortKey) -> Bool { (left.port, left.isUDP ? 1 : 0) < (right.port, right.isUDP ? 1 : 0) }
}

/// One reversible action.
public struct Step: Sendable, Equatable, Codable, Identifiable {
    /// What the step makes or removes: `folder:/path`, `file:/path`, `service:redis`, `node`.
    public var key: String
    /// One sentence without a full stop: what it does.
    public var does: String
    public var touches: Touches
    /// Estimated.
    public var seconds: Double
    /// One sentence without a full stop: how it is taken back.
    public var undo: String
    /// Digest of what the thing is made from, so that a later plan sees whether it would be made differently; empty for removals.
    public var revision: String
    public var work: StepWork

    public init(key: String, does: String, touches: Touches, seconds: Double, undo: String, revision: String = "", work: StepWork) {
        self.key = key
        self.does = does
        self.touches = touches
        self.seconds = seconds
        self.undo = undo
        self.revision = revision
        self.work = work
    }

    /// Whether the thing is gone after this step.
    public var removes: Bool {
        switch work {
        case .removeFolder, .removeFile, .stop: true
        case .makeFolder, .writeFile, .start: false
        }
    }

    /// Unique in its plan, and the same in every plan: a thing is made once and removed once at most.
    public var id: String { removes ? "remove:" + key : key }
}
