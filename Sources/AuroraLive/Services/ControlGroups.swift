import AuroraModel
import Foundation

/// Limits of services through the kernel's control groups, where this node may make them; where not, it says so.
///
/// Groups are made inside the node's own, so that a service never escapes a limit that the node itself is under. Both versions are known:
/// Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/ of the Linux kernel.
struct ControlGroups: Sendable {
    /// One limit, as each version of control groups writes it.
    struct Setting: Sendable, Equatable {
        var controller: String
        var words: String
        var unified: (file: String, value: String)
        var legacy: (file: String, value: String)

        static func == (left: Self, right: Self) -> Bool {
            left.words == right.words && left.unified == right.unified && left.legacy == right.legacy
        }
    }

    private static let cpuPeriod = 100_000.0

    /// Where the file systems are mounted.
    var root = "/sys/fs/cgroup"
    /// Of `/proc/self/cgroup`.
    var membership = ProcFile.text("/proc/self/cgroup") ?? ""
    /// Tells the groups of this node from those of another on the same machine.
    let prefix: String

    static func settings(_ limits: ResourceLimits) -> [Setting] {
        var all: [Setting] = []
        if let bytes = limits.memoryBytes, bytes > 0 {
            all.append(
                Setting(
                    controller: "memory", words: "memory: \(bytes) bytes", unified: ("memory.max", "\(bytes)"),
                    legacy: ("memory.limit_in_bytes", "\(bytes)")))
        }
        if let cpus = limits.cpus, cpus > 0, cpus < 10_000 {
            let quota = Int(max(1000, cpus * cpuPeriod))
            all.append(
                Setting(
                    controller: "cpu", words: "cpus: \(cpus)", unified: ("cpu.max", "\(quota) \(Int(cpuPeriod))"),
                    legacy: ("cpu.cfs_quota_us", "\(quota)")))
        }
        if let count = limits.processes, count > 0 {
            all.append(
                Setting(
                    controller: "pids", words: "processes: \(count)", unified: ("pids.max", "\(count)"), legacy: ("pids.max", "\(count)")))
        }
        return all
    }

    /// Puts a process, and all that will descend from it, under its limits. Returns a sentence for each of them.
    func place(_ pid: Int32, service: String, limits: ResourceLimits) -> [String] {
        Self.settings(limits).map { setting in
            let reason = apply(setting, to: pid, service)
            return reason.map { "\(setting.words): not enforced, \($0)" } ?? setting.words
        }
    }

    /// Removes the groups of a service that has ended.
    func remove(_ service: String) {
        for controller in ["", "memory", "cpu", "pids"] { if let folder = folder(controller, service) { rmdir(folder) } }
    }

    /// Nil when it holds.
    private func apply(_ setting: Setting, to pid: Int32, _ service: String) -> String? {
        let isUnified = FileManager.default.fileExists(atPath: root + "/cgroup.controllers")
        guard let folder = folder(isUnified ? "" : setting.controller, service) else { return "this system has no control groups for it" }
        if isUnified, let parent = path(of: "") { write("+\(setting.controller)", to: "\(root)\(parent)/cgroup.subtree_control") }
        if mkdir(folder, 0o755) != 0, errno != EEXIST { return "no control group can be made: \(String(cString: strerror(errno)))" }
        let (file, value) = isUnified ? setting.unified : setting.legacy
        guard write(value, to: "\(folder)/\(file)") else {
            return "the node's control group does not hand on '\(setting.controller)' (with systemd: Delegate=yes)"
        }
        guard write("\(pid)", to: "\(folder)/cgroup.procs") else {
            return "the process cannot be moved: \(String(cString: strerror(errno)))"
        }
        return nil
    }

    /// - Parameter controller: empty for version 2, which has one tree for all.
    private func folder(_ controller: String, _ service: String) -> String? {
        guard let path = path(of: controller) else { return nil }
        let tree = controller.isEmpty ? root : "\(root)/\(controller)"
        guard FileManager.default.fileExists(atPath: tree) else { return nil }
        return "\(tree)\(path == "/" ? "" : path)/\(prefix)-\(service)"
    }

    /// The node's own group: lines are `NUMBER:CONTROLLERS:PATH`, without controllers for version 2.
    private func path(of controller: String) -> String? {
        for line in membership.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3, fields[2].hasPrefix("/") else { continue }
            let names = fields[1].split(separator: ",")
            if controller.isEmpty ? fields[1].isEmpty : names.contains(Substring(controller)) { return String(fields[2]) }
        }
        return nil
    }

    @discardableResult
    private func write(_ text: String, to path: String) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return FolderFiles.writeAll(Array(text.utf8), to: descriptor)
    }
}
