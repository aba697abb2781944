import AuroraModel
import AuroraSystem

/// Reads every crontab of a machine.
struct CronSurvey {
    private let machine: any MachineReading
    private(set) var facts = CronFacts()
    /// Debian's cron and run-parts pass over names with a dot; others pass over less.
    private let isDebian: Bool

    /// Where the tables of users lie: Debian, Red Hat and SUSE, Alpine.
    static let userFolders = ["/var/spool/cron/crontabs", "/var/spool/cron", "/var/spool/cron/tabs", "/etc/crontabs"]
    static let periods = ["hourly", "daily", "weekly", "monthly"]
    private static let sizeLimit = 1 << 20

    /// - Parameter user: who looks, for the own table when the folder of all may not be read.
    static func take(_ machine: any MachineReading, user: String?) async -> CronFacts {
        var survey = CronSurvey(machine)
        survey.readSystem()
        let isRefused = survey.readUsers()
        if isRefused { await survey.readOwn(user) }
        survey.readScripts()
        return survey.facts
    }

    private init(_ machine: any MachineReading) {
        self.machine = machine
        isDebian = (try? machine.read("/etc/debian_version", limit: 64)) ?? nil != nil
    }

    private mutating func readSystem() {
        read("/etc/crontab", .system)
        for name in names(in: "/etc/cron.d") {
            let path = "/etc/cron.d/\(name)"
            guard !machine.isFolder(path), !name.hasPrefix(".") else { continue }
            guard isTaken(name) else {
                facts.findings.append(
                    Finding(
                        .warning, file: path, line: nil, reason: "cron passes over this file because of its name",
                        fix: "to have it run, use letters, digits, '_' and '-' only"))
                continue
            }
            read(path, .system)
        }
    }

    /// Whether a folder was there that this user may not look into.
    private mutating func readUsers() -> Bool {
        var isRefused = false
        for folder in Self.userFolders {
            do {
                for name in try machine.list(folder) ?? [] {
                    let path = "\(folder)/\(name)"
                    guard !machine.isFolder(path), !name.hasPrefix(".") else { continue }
                    read(path, .user(name))
                }
            } catch {
                isRefused = true
                facts.unseen.append(
                    Unseen("crontabs of other users in '\(folder)'", why: error.message, fix: error.hint ?? "run it as root"))
            }
        }
        return isRefused
    }

    /// `crontab -l` may read what its caller may not.
    private mutating func readOwn(_ user: String?) async {
        guard let end = try? await machine.run("crontab", ["-l"], environment: [:], limit: .seconds(2)), end.exitCode == 0 else { return }
        let file = "crontab of \(user ?? "this user")"
        guard !facts.jobs.contains(where: { $0.user == user && user != nil && !$0.place.file.hasPrefix("/etc/") }) else { return }
        add(CronTable(end.output, file: file, style: .user(user)))
    }

    private mutating func readScripts() {
        for period in Self.periods {
            let folder = "/etc/cron.\(period)"
            for name in names(in: folder) where isTaken(name) && !machine.isFolder("\(folder)/\(name)") {
                facts.scripts.append(CronScript(path: "\(folder)/\(name)", period: period))
            }
        }
    }

    private mutating func read(_ path: String, _ style: CronTable.Style) {
        do {
            guard let bytes = try machine.read(path, limit: Self.sizeLimit) else { return }
            add(CronTable(String(decoding: bytes, as: UTF8.self), file: path, style: style))
        } catch {
            facts.unseen.append(Unseen("crontab '\(path)'", why: error.message, fix: error.hint ?? "run it as root"))
        }
    }

    private mutating func add(_ table: CronTable) {
        facts.jobs += table.jobs
        facts.findings += table.findings
    }

    private mutating func names(in folder: String) -> [String] {
        do {
            return try machine.list(folder) ?? []
        } catch {
            facts.unseen.append(Unseen("files in '\(folder)'", why: error.message, fix: error.hint ?? "run it as root"))
            return []
        }
    }

    private func isTaken(_ name: String) -> Bool {
        if isDebian { return name.utf8.allSatisfy { Self.isPlain($0) } }
        return !name.hasPrefix(".") && !name.hasSuffix("~") && !name.hasPrefix("#")
            && ![".rpmsave", ".rpmnew", ".rpmorig", ".swp"].contains { name.hasSuffix($0) }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D || byte == 0x5F
    }
}
