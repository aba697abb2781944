#if os(macOS)
import Darwin

extension ProcessTable {
    static let bootID: String = {
        var time = timeval()
        var size = MemoryLayout<timeval>.size
        return sysctlbyname("kern.boottime", &time, &size, nil, 0) == 0 ? String(time.tv_sec) : ""
    }()

    static func all() -> [ProcessEntry] {
        var pids = [pid_t](repeating: 0, count: Int(max(0, proc_listallpids(nil, 0))) + 64)
        let count = proc_listallpids(&pids, Int32(pids.count * MemoryLayout<pid_t>.size))
        return pids.prefix(Int(max(0, count))).compactMap { entry($0) }
    }

    static func entry(_ pid: Int32) -> ProcessEntry? {
        var facts = proc_bsdinfo()
        let size = Int32(MemoryLayout<proc_bsdinfo>.size)
        guard proc_pidinfo(pid, PROC_PIDTBSDINFO, 0, &facts, size) == size else { return nil }
        return ProcessEntry(
            pid: pid, parent: Int32(bitPattern: facts.pbi_ppid), group: Int32(bitPattern: facts.pbi_pgid), session: getsid(pid),
            isZombie: facts.pbi_status == UInt32(SZOMB), startTicks: facts.pbi_start_tvsec &* 1_000_000 &+ facts.pbi_start_tvusec)
    }

    /// This system shows no environments, so processes are told by group, session and parent alone.
    static func environment(of pid: Int32, holds variable: String) -> Bool { false }
}
#endif
