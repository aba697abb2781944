import AuroraModel

/// Reads `/proc/self/mounts` and what `df` says.
enum DiskText {
    /// File systems that name no device below `/dev` and are on disks all the same. A container's root is an overlay.
    private static let withoutDevice: Set<String> = ["zfs", "btrfs", "bcachefs"]

    /// File systems on disks of this machine, each device once, at its shortest mount point. Network file systems are not among them:
    /// asking one that hangs would hang whoever asks.
    static func disks(mounts: String) -> [DiskFacts] {
        var found: [String: DiskFacts] = [:]
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ").map(unescaped)
            guard fields.count > 3, isDisk(device: fields[0], mountPoint: fields[1], kind: fields[2]) else { continue }
            let known = found[fields[0]]
            guard known.map({ fields[1].utf8.count < $0.mountPoint.utf8.count }) ?? true else { continue }
            found[fields[0]] = DiskFacts(mountPoint: fields[1], device: fields[0], fileSystem: fields[2])
        }
        return found.values.sorted { $0.mountPoint < $1.mountPoint }
    }

    private static func isDisk(device: String, mountPoint: String, kind: String) -> Bool {
        if mountPoint == "/" { return kind != "rootfs" }
        // Snaps and images are read-only loops.
        guard !kind.hasPrefix("fuse"), !device.hasPrefix("/dev/loop"), kind != "devtmpfs" else { return false }
        return device.hasPrefix("/dev/") || withoutDevice.contains(kind)
    }

    /// Blanks and the like are written as three octal digits.
    static func unescaped(_ text: Substring) -> String {
        guard text.contains("\\") else { return String(text) }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3, let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 8) {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Size and free bytes by mount point, of `df -P -k`: `device blocks used available capacity% mount point`.
    static func sizes(df: String) -> [String: (size: Int64, free: Int64)] {
        var sizes: [String: (size: Int64, free: Int64)] = [:]
        for line in df.split(separator: "\n").dropFirst() {
            // A device may have blanks in its name, a mount point too: the percentage is what both stand around.
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            guard let percent = words.firstIndex(where: { $0.hasSuffix("%") || $0 == "-" }), percent >= 4, percent + 1 < words.count,
                let size = bytes(words[percent - 3]), let free = bytes(words[percent - 1])
            else { continue }
            sizes[String(line[words[percent + 1].startIndex...])] = (size, free)
        }
        return sizes
    }

    private static func bytes(_ kibibytes: Substring) -> Int64? {
        guard let count = Int64(kibibytes), count >= 0 else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: 1024)
        return overflow ? nil : bytes
    }
}
