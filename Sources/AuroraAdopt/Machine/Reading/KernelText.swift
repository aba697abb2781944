import Foundation

/// Reads small files of the kernel and of the distribution. What makes no sense counts as not told.
enum KernelText {
    /// Clock ticks a second as user space sees them: part of the kernel's interface, 100 wherever Swift runs.
    static let ticksPerSecond = 100.0

    /// When the machine started, of `/proc/stat`.
    static func bootTime(stat: String) -> Date? {
        value(of: "btime", in: stat, separator: " ").flatMap { Double($0) }.flatMap { $0.isFinite ? Date(timeIntervalSince1970: $0) : nil }
    }

    /// Bytes of a line of `/proc/meminfo`, which counts in kibibytes.
    static func memory(_ name: String, meminfo: String) -> Int64? {
        guard let words = value(of: name, in: meminfo, separator: ":")?.split(separator: " "), words.count == 2, words[1] == "kB",
            let kibibytes = Int64(words[0]), kibibytes >= 0
        else { return nil }
        let (bytes, overflow) = kibibytes.multipliedReportingOverflow(by: 1024)
        return overflow ? nil : bytes
    }

    /// How many a list such as `0-3,8` names.
    static func count(list: String) -> Int? {
        var count = 0
        for part in trimmed(list).split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last else { return nil }
            count += Int(last - first) + 1
        }
        return count
    }

    /// The real user of a process, and the one it acts as, of `/proc/PID/status`.
    static func users(status: String) -> (real: UInt32, effective: UInt32)? {
        guard let words = value(of: "Uid", in: status, separator: ":")?.split(whereSeparator: \.isWhitespace), words.count > 1,
            let real = UInt32(words[0]), let effective = UInt32(words[1])
        else { return nil }
        return (real, effective)
    }

    /// Names by number, of `/etc/passwd`; the first one of a number counts, as for the system itself.
    static func names(passwd: String) -> [UInt32: String] {
        var names: [UInt32: String] = [:]
        for line in passwd.split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count > 3, !fields[0].isEmpty, let uid = UInt32(fields[2]), names[uid] == nil else { continue }
            names[uid] = String(fields[0])
        }
        return names
    }

    /// A value of `/etc/os-release`, which is written like assignments of a shell.
    static func release(_ name: String, in text: String) -> String? {
        guard var value = value(of: name, in: text, separator: "=") else { return nil }
        for quote in ["\"", "'"] where value.count > 1 && value.hasPrefix(quote) && value.hasSuffix(quote) {
            value = String(value.dropFirst().dropLast())
        }
        return value.isEmpty ? nil : value
    }

    /// What stands behind a name on the line that begins with it.
    static func value(of name: String, in text: String, separator: Character) -> String? {
        let beginning = name + String(separator)
        return text.split(whereSeparator: \.isNewline).first { $0.hasPrefix(beginning) }.map { trimmed($0.dropFirst(beginning.count)) }
    }

    static func trimmed(_ text: some StringProtocol) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
}
