import Foundation

/// Reads what the machine itself is.
struct HostCollector: Sendable {
    let machine: any MachineReading
    let environment: [String: String]

    /// Blocks for a moment.
    func collect() -> HostFacts {
        var host = HostFacts()
        let status = text("/proc/self/status")
        host.name = line("/proc/sys/kernel/hostname")
        host.kernel = line("/proc/sys/kernel/osrelease")
        host.architecture = line("/proc/sys/kernel/arch")
        host.system = (text("/etc/os-release") ?? text("/usr/lib/os-release")).flatMap { KernelText.release("PRETTY_NAME", in: $0) }
        host.cores = status.flatMap { KernelText.value(of: "Cpus_allowed_list", in: $0, separator: ":") }.flatMap(KernelText.count)
        host.isRoot = status.flatMap(KernelText.users)?.effective == 0
        host.hasSystemd = machine.isFolder("/run/systemd/system")
        host.enclosure = enclosure()
        (host.memoryBytes, host.memoryAvailableBytes) = memory()
        return host
    }

    /// Of a container, the smaller of its limit and the machine's memory.
    private func memory() -> (total: Int64?, available: Int64?) {
        let meminfo = text("/proc/meminfo") ?? ""
        let total = KernelText.memory("MemTotal", meminfo: meminfo)
        let available = KernelText.memory("MemAvailable", meminfo: meminfo)
        let limits = [("memory.max", "memory.current"), ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes")]
        for (limit, used) in limits {
            guard let limit = number("/sys/fs/cgroup/\(limit)"), let total, limit > 0, limit < total else { continue }
            let rest = number("/sys/fs/cgroup/\(used)").map { max(0, limit - max(0, $0)) }
            return (limit, [available, rest].compactMap(\.self).min())
        }
        return (total, available)
    }

    private func enclosure() -> Enclosure? {
        let own = text("/proc/self/mountinfo").flatMap(CgroupText.ownContainer)
        let variables = [("RUNPOD_POD_ID", "runpod"), ("KUBERNETES_SERVICE_HOST", "kubernetes"), ("container", "")]
        for (name, kind) in variables {
            guard let value = environment[name], !value.isEmpty else { continue }
            return Enclosure(kind.isEmpty ? value : kind, evidence: "the variable '\(name)' is set", container: own)
        }
        let files = [
            ("/var/run/secrets/kubernetes.io", "kubernetes"), ("/run/.containerenv", "podman"), ("/.dockerenv", "docker"),
        ]
        for (path, kind) in files where exists(path) {
            return Enclosure(kind, evidence: "there is '\(path)'", container: own)
        }
        if let kind = line("/run/systemd/container") {
            return Enclosure(kind, evidence: "'/run/systemd/container' says so", container: own)
        }
        guard let container = text("/proc/1/cgroup").map(CgroupText.place)?.container else { return nil }
        return Enclosure("container", evidence: "'/proc/1/cgroup' says so", container: own ?? container)
    }

    private func exists(_ path: String) -> Bool { machine.isFolder(path) || (try? machine.read(path, limit: 1)).flatMap(\.self) != nil }
    private func text(_ path: String) -> String? { (try? machine.text(path)).flatMap(\.self) }
    private func line(_ path: String) -> String? { text(path).map { KernelText.trimmed($0) }.flatMap { $0.isEmpty ? nil : $0 } }
    private func number(_ path: String) -> Int64? { line(path).flatMap { Int64($0) } }
}
