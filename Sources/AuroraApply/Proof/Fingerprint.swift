public import Foundation

/// What tells whether a kept service was disturbed.
public struct Fingerprint: Sendable, Equatable, Codable {
    public var name: String
    public var pid: Int32?
    /// Clock ticks from boot to the start of its process: with the pid they name one process for ever.
    public var startTicks: UInt64?
    public var startedAt: Date?
    /// Sorted.
    public var ports: [PortKey]
    /// SHA-256 by path, as `sha256sum` prints it.
    public var configuration: [String: String]
    public var containerID: String?
    public var containerStartedAt: Date?
    public var units: [String]

    public init(
        name: String, pid: Int32? = nil, startTicks: UInt64? = nil, startedAt: Date? = nil, ports: [PortKey] = [],
        configuration: [String: String] = [:], containerID: String? = nil, containerStartedAt: Date? = nil, units: [String] = []
    ) {
        self.name = name
        self.pid = pid
        self.startTicks = startTicks
        self.startedAt = startedAt?.wholeSecond
        self.ports = ports.sorted()
        self.configuration = configuration
        self.containerID = containerID
        self.containerStartedAt = containerStartedAt?.wholeSecond
        self.units = units
    }
}

/// Takes the fingerprints of all kept services.
public protocol KeptWatching: Sendable {
    func fingerprints() async throws -> [Fingerprint]
}
