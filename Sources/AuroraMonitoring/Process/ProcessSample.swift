/// What the system says about this process; each platform fills it in a file of its own.
struct ProcessSample: Sendable, Equatable {
    var cpuSeconds: Double
    var residentBytes: UInt64
    var virtualBytes: UInt64
    var startTime: Double
    var openDescriptors: Int?
    var descriptorLimit: UInt64?

    /// The usual `process_*` metrics, with the names and words that dashboards know.
    func write(into out: inout TextFormat) {
        one("process_cpu_seconds_total", .counter, "Total user and system CPU time spent in seconds.", cpuSeconds, &out)
        one("process_resident_memory_bytes", .gauge, "Resident memory size in bytes.", Double(residentBytes), &out)
        one("process_virtual_memory_bytes", .gauge, "Virtual memory size in bytes.", Double(virtualBytes), &out)
        one("process_start_time_seconds", .gauge, "Start time of the process since the Unix epoch in seconds.", startTime, &out)
        if let openDescriptors {
            one("process_open_fds", .gauge, "Number of open file descriptors.", Double(openDescriptors), &out)
        }
        if let descriptorLimit {
            one("process_max_fds", .gauge, "Maximum number of open file descriptors.", Double(descriptorLimit), &out)
        }
    }

    private func one(_ name: String, _ kind: MetricDescription.Kind, _ help: String, _ value: Double, _ out: inout TextFormat) {
        out.family(name, kind, help: help)
        out.sample(name, value)
    }
}
