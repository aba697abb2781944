import Foundation

/// Cores that this process may use, which can be fewer than there are: `taskset`, cpusets and containers bind processes to some.
public enum Cores {
    /// At least 1. A core that cannot be used needs no event loop, and two loops on one core only stand in each other's way.
    public static var usable: Int {
        let all = max(1, ProcessInfo.processInfo.activeProcessorCount)
        #if os(Linux)
        return ProcFile.text("/proc/self/status").flatMap(allowed(in:)).map { max(1, min(all, $0)) } ?? all
        #else
        return all
        #endif
    }

    /// The bits of `Cpus_allowed: ff,ffffffff`, of the text of `/proc/PID/status`.
    static func allowed(in status: String) -> Int? {
        let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }
        return line?.split(separator: ":").last?.reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
    }
}
