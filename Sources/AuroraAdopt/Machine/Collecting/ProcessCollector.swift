import AuroraModel
import Foundation

/// What `/proc` tells about all processes, and which sockets they hold.
struct ProcessTable: Sendable {
    var processes: [ProcessFacts] = []
    /// Pids that hold a socket, by its inode.
    var holders: [UInt64: [Int32]] = [:]
    /// Names of users by number.
    var users: [UInt32: String] = [:]
    /// Processes whose open files this user may not see.
    var closed = 0
    /// Whether the kernel's own threads are to be seen: if not, this is a private tree of processes.
    var seesKernel = false
}

/// Reads `/proc/PID` of every process.
struct ProcessCollector: Sendable {
    /// More would be an attack on whoever looks.
    private static let mostProcesses = 32_768
    private static let mostBytes = 64 << 10

    let machine: any MachineReading

    /// Blocks for as long as the kernel needs, some ten milliseconds with hundreds of processes.
    func collect() -> ProcessTable {
        let names = (try? machine.text("/etc/passwd")).flatMap(\.self).map(KernelText.names) ?? [:]
        let boot = text("/proc/stat").flatMap(KernelText.bootTime)
        var table = ProcessTable()
        table.users = names
        let pids = ((try? machine.list("/proc")).flatMap(\.self) ?? []).compactMap { Int32($0) }.sorted().prefix(Self.mostProcesses)
        for pid in pids {
            guard let stat = text("/proc/\(pid)/stat").flatMap(ProcessStat.init) else { continue }
            if stat.isKernelThread { table.seesKernel = true }
            guard !stat.isKernelThread, !["Z", "X"].contains(stat.state) else { continue }
            table.processes.append(facts(pid, stat, names, boot))
            addSockets(of: pid, to: &table)
        }
        return table
    }

    private func facts(_ pid: Int32, _ stat: ProcessStat, _ names: [UInt32: String], _ boot: Date?) -> ProcessFacts {
        let place = text("/proc/\(pid)/cgroup").map(CgroupText.place) ?? CgroupPlace()
        let user = text("/proc/\(pid)/status").flatMap(KernelText.users)?.effective
        return ProcessFacts(
            pid: pid, parent: stat.parent > 0 ? stat.parent : nil, name: stat.name,
            arguments: Self.arguments((try? machine.read("/proc/\(pid)/cmdline", limit: Self.mostBytes)).flatMap(\.self) ?? []),
            user: user.map { names[$0] ?? "\($0)" },
            startedAt: boot.map { $0.addingTimeInterval(Double(stat.startTicks) / KernelText.ticksPerSecond) },
            startTicks: stat.startTicks, executable: machine.linkTarget("/proc/\(pid)/exe").map(Self.executable),
            workingFolder: machine.linkTarget("/proc/\(pid)/cwd"), unit: place.unit, container: place.container)
    }

    private func addSockets(of pid: Int32, to table: inout ProcessTable) {
        let folder = "/proc/\(pid)/fd"
        do {
            for name in try machine.list(folder) ?? [] {
                guard let inode = machine.linkTarget("\(folder)/\(name)").flatMap(Self.inode) else { continue }
                table.holders[inode, default: []].append(pid)
            }
        } catch {
            table.closed += 1
        }
    }

    private func text(_ path: String) -> String? { (try? machine.text(path)).flatMap(\.self) }

    /// Each ends with a zero byte; a program that wrote its own title leaves many of them behind it.
    static func arguments(_ bytes: [UInt8]) -> [String] {
        var parts = bytes.split(separator: 0, omittingEmptySubsequences: false)[...]
        while parts.last?.isEmpty == true { parts.removeLast() }
        return ShownCommand.masked(parts.map { String(decoding: $0, as: UTF8.self) })
    }

    /// A program whose file was replaced, by an upgrade, has a mark behind its path.
    static func executable(_ target: String) -> String {
        let mark = " (deleted)"
        return target.hasSuffix(mark) ? String(target.dropLast(mark.count)) : target
    }

    /// `socket:[7350]`
    static func inode(_ target: String) -> UInt64? {
        guard target.hasPrefix("socket:["), target.hasSuffix("]") else { return nil }
        return UInt64(target.dropFirst(8).dropLast())
    }
}
