import AuroraModel

/// Files with lines of cron, one entry each.
enum Crontabs {
    /// What distributions put into `/etc/cron.d` themselves.
    private static let packaged: Set<String> = [
        "e2scrub_all", "sysstat", "php", "popularity-contest", "mdadm", "anacron", "certbot", "zfsutils-linux", "0hourly", "raid-check",
        "exim4", "mlocate", "plocate", "debsums", "ntpsec",
    ]

    static func candidates(_ inventory: Inventory) -> [KeptCandidate] {
        let jobs = inventory.software.cron.jobs.filter { !isPackaged($0) }
        return Set(jobs.map(\.place.file)).sorted().map { file in candidate(file, jobs.filter { $0.place.file == file }) }
    }

    private static func candidate(_ file: String, _ jobs: [CronJob]) -> KeptCandidate {
        let users = Set(jobs.compactMap(\.user)).sorted()
        let count = "\(jobs.count) job\(jobs.count == 1 ? "" : "s") of cron"
        let found = users.isEmpty ? count : "\(count), user \(users.joined(separator: ", "))"
        return KeptCandidate(
            name: name(file, users), kind: .cron, config: file.hasPrefix("/") ? [file] : [], found: found, runs: "cron")
    }

    private static func name(_ file: String, _ users: [String]) -> String {
        let last = file.split(separator: "/").last.map(String.init) ?? file
        if !file.hasPrefix("/") { return KeptNames.plain("cron-\(users.first ?? "own")") }
        return KeptNames.plain(file == "/etc/crontab" ? "cron-system" : "cron-\(last)")
    }

    private static func isPackaged(_ job: CronJob) -> Bool {
        let file = job.place.file
        if file == "/etc/crontab" { return job.command.contains("run-parts") }
        return file.hasPrefix("/etc/cron.d/") && packaged.contains(String(file.dropFirst("/etc/cron.d/".count)))
    }
}
