import AuroraModel

/// Finds disks, and asks how full they are.
struct DiskCollector: Sendable {
    let timed: TimedMachine

    func collect() async -> Look<[DiskFacts]> {
        let machine = timed.machine
        let found = await withinLimit(timed.time.limit) {
            let mounts = (try? machine.text("/proc/self/mounts")).flatMap(\.self) ?? ""
            // Engines of containers mount single files of a disk.
            return DiskText.disks(mounts: mounts).filter { machine.isFolder($0.mountPoint) }
        }
        guard let disks = found, !disks.isEmpty else { return Look([]) }
        switch await timed.ask("df", ["-P", "-k", "--"] + disks.map(\.mountPoint)) {
        case .done(let output): return Look(Self.measured(disks, DiskText.sizes(df: output)))
        case .failed(let why): return Look(disks, unseen: [Unseen("how full the disks are", why: why)])
        case .missing: return Look(disks, unseen: [Unseen("how full the disks are", why: "there is no program 'df'")])
        }
    }

    private static func measured(_ disks: [DiskFacts], _ sizes: [String: (size: Int64, free: Int64)]) -> [DiskFacts] {
        disks.map { disk in
            var disk = disk
            if let known = sizes[disk.mountPoint] { (disk.sizeBytes, disk.freeBytes) = (known.size, known.free) }
            return disk
        }
    }
}
