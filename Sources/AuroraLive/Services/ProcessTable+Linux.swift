#if os(Linux)
import Foundation

extension ProcessTable {
    /// Changes with each boot, and so tells apart two processes with the same number and start.
    static let bootID = (ProcFile.text("/proc/sys/kernel/random/boot_id") ?? "").trimmingCharacters(in: .whitespacesAndNewlines)

    static func all() -> [ProcessEntry] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0).flatMap(entry) }
    }

    static func entry(_ pid: Int32) -> ProcessEntry? { ProcFile.text("/proc/\(pid)/stat").flatMap { parse($0, pid: pid) } }

    /// Whether its environment, as it was given at its start, holds this `NAME=value`. False where this user may not look.
    static func environment(of pid: Int32, holds variable: String) -> Bool {
        ProcFile.text("/proc/\(pid)/environ")?.split(separator: "\0").contains { $0 == variable } ?? false
    }

    /// `/proc/PID/stat`, proc(5): the name stands in brackets and may hold anything, brackets too.
    static func parse(_ text: String, pid: Int32) -> ProcessEntry? {
        guard let bracket = text.utf8.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = text[text.utf8.index(after: bracket)...].split(separator: " ")
        guard fields.count > 19, let parent = Int32(fields[1]), let group = Int32(fields[2]), let session = Int32(fields[3]),
            let ticks = UInt64(fields[19])
        else { return nil }
        return ProcessEntry(
            pid: pid, parent: parent, group: group, session: session, isZombie: fields[0] == "Z" || fields[0] == "X", startTicks: ticks)
    }
}
#endif
