/// Where a process belongs, as `/proc/PID/cgroup` tells.
struct CgroupPlace: Equatable {
    /// The service of systemd, of the system or of a user's own manager.
    var unit: String?
    /// The id of the container, or its name with engines that have no ids.
    var container: String?
}

/// Reads `/proc/PID/cgroup`: lines `number:controllers:path` of both versions. A private namespace shows `/` and tells nothing.
enum CgroupText {
    private static let idLength = 64

    static func place(_ text: String) -> CgroupPlace {
        let paths = text.split(separator: "\n").compactMap(path)
        // The first path that tells of a container is as good as any other; units stand in systemd's own hierarchy.
        let container = paths.lazy.compactMap { $0.lazy.compactMap(containerName).first }.first
        return CgroupPlace(unit: paths.lazy.compactMap(unitName).first, container: container)
    }

    private static func path(_ line: Substring) -> [Substring]? {
        let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count == 3 ? parts[2].split(separator: "/") : nil
    }

    /// What stands inside a container is a unit of that container, not of this machine.
    private static func unitName(_ path: [Substring]) -> String? {
        let outside = path.prefix { containerName($0) == nil }
        return outside.last { $0.hasSuffix(".service") && !$0.hasPrefix("user@") }.map(unescaped)
            ?? outside.last { $0.hasSuffix(".service") }.map(unescaped)
    }

    /// A name that the kernel could take for one of its own files has an underscore in front.
    private static func unescaped(_ name: Substring) -> String { String(name.hasPrefix("_") ? name.dropFirst() : name) }

    /// `docker-ID.scope`, `cri-containerd-ID.scope`, `crio-ID`, `libpod-ID`, `ID`; `lxc.payload.NAME`, `machine-NAME.scope`.
    private static func containerName(_ part: Substring) -> String? {
        let name = part.hasSuffix(".scope") ? part.dropLast(6) : part
        let id = name.split(separator: "-").last.map { $0.split(separator: ":").last ?? $0 } ?? name
        if id.utf8.count == idLength, id.utf8.allSatisfy(isHex) { return String(id) }
        for beginning in ["lxc.payload.", "machine-"] where name.hasPrefix(beginning) && name.count > beginning.count {
            if beginning == "machine-", part.hasSuffix(".slice") { continue }
            return String(name.dropFirst(beginning.count))
        }
        return nil
    }

    private static func isHex(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (97...102).contains(byte) }

    /// The id of the container in which this process itself is: engines mount files that lie in a folder of that name.
    static func ownContainer(mountinfo: String) -> String? {
        mountinfo.split(separator: "\n").lazy.compactMap { line -> String? in
            let fields = line.split(separator: " ")
            guard fields.count > 4, ["/etc/hostname", "/etc/resolv.conf", "/etc/hosts"].contains(fields[4]) else { return nil }
            return fields[3].split(separator: "/").first { $0.utf8.count == idLength && $0.utf8.allSatisfy(isHex) }.map(String.init)
        }.first
    }
}
