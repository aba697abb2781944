public import Foundation

/// A process as this machine shows it. Fields are nil where this user may not look.
public struct ProcessFacts: Sendable, Equatable, Codable {
    public var pid: Int32
    public var parent: Int32?
    /// Short name of the program, as in `nginx`.
    public var name: String
    /// Arguments without what looks like a secret; empty where they cannot be seen.
    public var arguments: [String]
    public var user: String?
    /// Whole microseconds do not come from the kernel: it counts in hundredths of a second since boot, which `startTicks` keeps exactly.
    public var startedAt: Date?
    public var startTicks: UInt64?
    public var executable: String?
    public var workingFolder: String?
    /// The systemd unit that it belongs to, such as `nginx.service`.
    public var unit: String?
    /// The id of the container that it belongs to.
    public var container: String?

    public init(
        pid: Int32, parent: Int32? = nil, name: String, arguments: [String] = [], user: String? = nil, startedAt: Date? = nil,
        startTicks: UInt64? = nil, executable: String? = nil, workingFolder: String? = nil, unit: String? = nil, container: String? = nil
    ) {
        self.pid = pid
        self.parent = parent
        self.name = name
        self.arguments = arguments
        self.user = user
        self.startedAt = startedAt
        self.startTicks = startTicks
        self.executable = executable
        self.workingFolder = workingFolder
        self.unit = unit
        self.container = container
    }
}

/// A socket that takes connections, or datagrams, and who holds it.
public struct Listener: Sendable, Equatable, Codable {
    public enum Transport: String, Sendable, Codable { case tcp, udp }

    public var transport: Transport
    /// As written by `inet_ntop`: `127.0.0.1`, `0.0.0.0`, `::1`, `::`.
    public var address: String
    public var port: Int
    /// The process that holds it and started first; nil: unknown owner.
    public var owner: ProcessFacts?
    /// The user of the socket, known even where the process is not.
    public var user: String?

    public init(_ transport: Transport, address: String, port: Int, owner: ProcessFacts? = nil, user: String? = nil) {
        (self.transport, self.address, self.port, self.owner, self.user) = (transport, address, port, owner, user)
    }
}

/// What could not be looked at, and what would let Aurora look.
public struct Unseen: Sendable, Equatable, Codable {
    public var what: String
    public var why: String
    public var fix: String?

    public init(_ what: String, why: String, fix: String? = nil) { (self.what, self.why, self.fix) = (what, why, fix) }
}
