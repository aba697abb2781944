#if os(macOS)
import Darwin
import Foundation

extension ProcessSample {
    /// Nil when the kernel refuses to tell.
    static func now() -> ProcessSample? {
        var info = proc_taskallinfo()
        let size = Int32(MemoryLayout<proc_taskallinfo>.size)
        guard proc_pidinfo(getpid(), PROC_PIDTASKALLINFO, 0, &info, size) == size else { return nil }
        var usage = rusage()
        guard getrusage(RUSAGE_SELF, &usage) == 0 else { return nil }
        var sample = ProcessSample(
            cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime), residentBytes: info.ptinfo.pti_resident_size,
            virtualBytes: info.ptinfo.pti_virtual_size,
            startTime: Double(info.pbsd.pbi_start_tvsec) + Double(info.pbsd.pbi_start_tvusec) / 1e6)
        sample.openDescriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd")).map { max(0, $0.count - 1) }
        var limit = rlimit()
        sample.descriptorLimit = getrlimit(RLIMIT_NOFILE, &limit) == 0 ? UInt64(limit.rlim_cur) : nil
        return sample
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}
#endif
