public import AuroraModel

/// What was seen of the machine.
public struct Observed: Sendable, Equatable {
    /// By path; a path that is not in it counts as missing.
    public var files: [String: FileSeen]
    /// Ports that somebody holds.
    public var holders: [PortHolding]
    /// Keys of groups that run.
    public var running: Set<String>

    public init(files: [String: FileSeen] = [:], holders: [PortHolding] = [], running: Set<String> = []) {
        (self.files, self.holders, self.running) = (files, holders, running)
    }

    public func seen(_ path: String) -> FileSeen { files[path] ?? .missing }

    public func holder(of port: PortKey) -> PortHolding? { holders.first { $0.port == port } }
}

/// A port and who holds it.
public struct PortHolding: Sendable, Equatable {
    public var port: PortKey
    /// As in `nginx (pid 812, user www-data)`; nil when it cannot be seen.
    public var owner: String?
    /// The group of Aurora's that holds it, where that is known.
    public var group: String?

    public init(_ port: PortKey, owner: String? = nil, group: String? = nil) { (self.port, self.owner, self.group) = (port, owner, group) }

    public var words: String { owner ?? "an unknown owner" }
}

extension Observed {
    /// What stands at these paths now: `Desired.paths(with:)` names those that the planner asks about.
    public static func files(at paths: [String], disk: any ApplyDisk) throws(AuroraError) -> [String: FileSeen] {
        var files: [String: FileSeen] = [:]
        for path in paths {
            let seen = try disk.look(path)
            if !seen.isMissing { files[path] = seen }
        }
        return files
    }
}
