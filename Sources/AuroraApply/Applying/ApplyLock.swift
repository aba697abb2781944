import AuroraModel
import Foundation

/// One apply or undo at a time on a machine.
struct ApplyHolder: Codable, Sendable {
    var pid: Int32
    var by: AppliedBy
    var since: Date
    var command: String

    static func claim(_ tools: ApplyTools, by: AppliedBy, command: String) throws(AuroraError) -> any ApplyClaim {
        try tools.disk.makeFolder(tools.folder.state, mode: 0o700, owner: nil)
        let holder = ApplyHolder(pid: ProcessInfo.processInfo.processIdentifier, by: by, since: tools.now(), command: command)
        let words = try StableJSON.bytes(of: holder)
        if let claim = try tools.disk.claim(tools.folder.lock, saying: words) { return claim }
        throw taken(tools)
    }

    private static func taken(_ tools: ApplyTools) -> AuroraError {
        let bytes = (try? tools.disk.read(tools.folder.lock, limit: 65_536)) ?? []
        guard let holder: ApplyHolder = StableJSON.value(from: bytes) else {
            return AuroraError(.conflict, "another apply or undo holds '\(tools.folder.lock)'", hint: "wait until it has ended")
        }
        let since = holder.since.formatted(.iso8601)
        return AuroraError(
            .conflict, "'\(holder.command)' of \(holder.by.words), process \(holder.pid), has been at work since \(since)",
            hint: "wait until it has ended; if it hangs, end it with 'kill \(holder.pid)' and run this again")
    }
}
