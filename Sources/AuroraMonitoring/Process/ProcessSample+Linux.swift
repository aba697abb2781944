#if os(Linux)
import Foundation
import Glibc

extension ProcessSample {
    /// Nil when `/proc` is not mounted.
    static func now() -> ProcessSample? {
        guard let stat = read("/proc/self/stat"), let boot = bootTime else { return nil }
        guard var sample = parse(stat: stat, ticksPerSecond: ticksPerSecond, pageSize: UInt64(getpagesize()), bootTime: boot) else {
            return nil
        }
        // The listing itself holds one descriptor.
        sample.openDescriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map { max(0, $0.count - 1) }
        sample.descriptorLimit = limit()
        return sample
    }

    /// Reads `/proc/PID/stat`. The command's name stands in parentheses and may itself hold spaces and parentheses, so fields
    /// are counted from behind the last one: 0 is the state, which proc(5) numbers as field 3.
    static func parse(stat: String, ticksPerSecond: Double, pageSize: UInt64, bootTime: Double) -> ProcessSample? {
        guard let end = stat.lastIndex(of: ")"), ticksPerSecond > 0 else { return nil }
        let fields = stat[end...].dropFirst().split(whereSeparator: \.isWhitespace)
        guard fields.count > 21, let user = Double(fields[11]), let system = Double(fields[12]), let start = Double(fields[19]),
            let virtual = UInt64(fields[20]), let pages = UInt64(fields[21])
        else { return nil }
        let (resident, overflow) = pages.multipliedReportingOverflow(by: pageSize)
        guard !overflow else { return nil }
        return ProcessSample(
            cpuSeconds: (user + system) / ticksPerSecond, residentBytes: resident, virtualBytes: virtual,
            startTime: bootTime + start / ticksPerSecond)
    }

    /// When the machine started, from what `/proc/uptime` says at the time `now`; both in seconds.
    ///
    /// `/proc/stat` has it too, behind a line that grows with the machine: only the first page of it is sure to be read.
    static func bootTime(uptime: String, now: Double) -> Double? {
        uptime.split(separator: " ").first.flatMap { Double($0) }.map { now - $0 }
    }

    private static let bootTime = read("/proc/uptime").flatMap { bootTime(uptime: $0, now: Date().timeIntervalSince1970) }
    private static let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))

    private static func read(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func limit() -> UInt64? {
        var limit = rlimit()
        return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 ? UInt64(limit.rlim_cur) : nil
    }
}
#endif
