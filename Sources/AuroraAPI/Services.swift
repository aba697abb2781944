public import AuroraModel

/// A service of this node. `GET /services` has all of them.
public struct ServiceView: Codable, Sendable, Equatable {
    public var name: String
    /// `waiting`, `starting`, `running`, `stopping`, `backing-off`, `crash-loop`, `stopped`, `completed` or `failed`.
    public var state: String
    /// `starting`, `healthy` or `unhealthy`; nil without a check, and while it does not run.
    public var health: String?
    /// What it does and why, in one sentence.
    public var detail: String
    public var pid: Int32?
    /// RFC 3339, of the running process.
    public var startedAt: String?
    public var restarts: Int
    /// Of the last process, when it ended by itself.
    public var exitCode: Int32?
    /// As Compose writes them: `127.0.0.1:8080:80/udp`.
    public var ports: [String]
    /// As Compose writes it: `no`, `on-failure:3`, `always`, `unless-stopped`.
    public var restart: String
    /// Limits that hold; one that does not says so, and why.
    public var limits: [String]

    public init(
        name: String, state: String, health: String? = nil, detail: String, pid: Int32? = nil, startedAt: String? = nil, restarts: Int = 0,
        exitCode: Int32? = nil, ports: [String] = [], restart: String, limits: [String] = []
    ) {
        (self.name, self.state, self.health, self.detail, self.pid) = (name, state, health, detail, pid)
        (self.startedAt, self.restarts, self.exitCode) = (startedAt, restarts, exitCode)
        (self.ports, self.restart, self.limits) = (ports, restart, limits)
    }
}

/// `GET /services` and the answer to `POST /services/reload`.
public struct ServiceList: Codable, Sendable, Equatable {
    public var services: [ServiceView]

    public init(services: [ServiceView]) { self.services = services }
}

extension RestartPolicy {
    /// As Compose writes it.
    public var words: String {
        switch self {
        case .no: "no"
        case .onFailure(let limit): "on-failure" + (limit.map { ":\($0)" } ?? "")
        case .always: "always"
        case .unlessStopped: "unless-stopped"
        }
    }
}

extension PortMapping {
    /// As Compose writes it.
    public var words: String {
        let address = hostAddress.map { $0.contains(":") ? "[\($0)]:" : "\($0):" } ?? ""
        return address + (hostPort.map { "\($0):" } ?? "") + "\(port)" + (isUDP ? "/udp" : "")
    }
}
