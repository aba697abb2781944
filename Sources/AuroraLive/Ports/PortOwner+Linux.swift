#if os(Linux)
import AuroraModel
import Foundation

extension PortOwner {
    static func holder(of port: Int) -> PortHolder? {
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"].compactMap(ProcFile.text)
        let sockets = tables.flatMap { SocketTable.listening(in: $0) }.filter { $0.port == port }
        guard let first = sockets.first else { return nil }
        let inodes = Set(sockets.map(\.inode)).subtracting([0])
        // A server and its workers share the socket; the one that started first is the one to name.
        guard let owner = pids(holding: inodes).compactMap(ProcFacts.init(pid:)).min(by: { $0.startTicks < $1.startTicks }) else {
            return PortHolder(user: ProcFacts.userName(first.uid))
        }
        return owner.holder
    }

    private static func pids(holding inodes: Set<UInt64>) -> [Int32] {
        let wanted = Set(inodes.map { "socket:[\($0)]" })
        let files = FileManager.default
        let pids = ((try? files.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }
        return pids.filter { pid in
            let folder = "/proc/\(pid)/fd"
            return ((try? files.contentsOfDirectory(atPath: folder)) ?? []).contains { name in
                (try? files.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")).map(wanted.contains) ?? false
            }
        }
    }
}

/// What `/proc/PID` tells about a process.
struct ProcFacts {
    let pid: Int32
    let name: String
    /// Clock ticks from boot to its start.
    let startTicks: UInt64

    init?(pid: Int32) {
        guard let stat = ProcFile.text("/proc/\(pid)/stat").flatMap(ProcessStat.init) else { return nil }
        (self.pid, name, startTicks) = (pid, stat.name, stat.startTicks)
    }

    var holder: PortHolder {
        let arguments = (FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data())
            .split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        var facts = stat()
        let user = lstat("/proc/\(pid)", &facts) == 0 ? Self.userName(facts.st_uid) : nil
        return PortHolder(
            pid: pid, name: name, command: arguments.isEmpty ? nil : ShownCommand.text(arguments, limit: PortHolder.commandLimit),
            user: user, startedAt: startedAt)
    }

    private var startedAt: Date? {
        let line = ProcFile.text("/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
        let ticksPerSecond = sysconf(Int32(_SC_CLK_TCK))
        guard let boot = line?.split(separator: " ").last.flatMap({ Double($0) }), ticksPerSecond > 0 else { return nil }
        return Date(timeIntervalSince1970: boot + Double(startTicks) / Double(ticksPerSecond))
    }

    /// The name of a user, or its number when it has none here.
    static func userName(_ uid: UInt32) -> String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwuid_r(uid, &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.pw_name else { return "\(uid)" }
        return String(cString: name)
    }
}
#endif
