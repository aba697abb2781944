import Foundation

/// Where in a node's state folder the applies are kept. All of it is for its owner only.
public struct ApplyFolder: Sendable, Equatable {
    public let state: String

    /// - Parameter state: absolute path of the state folder.
    public init(state: String) { self.state = state }

    public var lock: String { state + "/apply.lock" }
    var journals: String { state + "/journal" }
    var backups: String { state + "/backups" }
    var keptData: String { state + "/kept-data" }

    func journal(_ id: String) -> String { "\(journals)/\(id).jsonl" }
    func backup(_ id: String) -> String { "\(backups)/\(id)" }
    func backupManifest(_ id: String) -> String { backup(id) + "/manifest.json" }
    /// Files as they were before, by digest.
    func before(_ id: String) -> String { backup(id) + "/before" }
    /// Contents that steps will write, by digest; gone when the apply is finished.
    func contents(_ id: String) -> String { backup(id) + "/contents" }
}

extension ApplyFolder {
    /// Where an undo of this apply puts what must not be lost: `kept-data/2026-11-23-0007`, then the path it had.
    func keptPlace(_ id: String, at date: Date) -> String {
        let day = date.formatted(.iso8601).prefix(10)
        return "\(keptData)/\(day)-\(id.prefix { $0 != "-" })"
    }
}
