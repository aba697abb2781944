import Foundation

/// Turns what was found into verdicts. Pure: looks at nothing itself.
enum DoctorJudge {
    /// The oldest SQLite whose SQL the node uses.
    static let oldestSQLite = "3.35.0"
    static let littleSpace: Int64 = 2_000_000_000
    static let noSpace: Int64 = 200_000_000
    /// When this was written: a clock before that is wrong.
    static let earliestNow = Date(timeIntervalSince1970: 1_767_225_600)  // 2026-01-01
    static let clockTolerance: TimeInterval = 300

    /// - Parameter found: the version; an error's words when it cannot make virtual environments.
    static func python(_ found: Result<String, PythonTrouble>, needed: Bool) -> DoctorResult {
        let trouble: String
        switch found {
        case .success(let version): return DoctorResult("python", .ok, "Python \(version) with venv")
        case .failure(.missing(let program)): trouble = "there is no '\(program)'"
        case .failure(.withoutVenv(let version)): trouble = "Python \(version) cannot make virtual environments"
        }
        guard needed else { return DoctorResult("python", .ok, "\(trouble); it is not needed, since the local engine is off") }
        return DoctorResult(
            "python", .warn, "\(trouble), so the small local engine cannot be installed", fix: "apt-get install python3 python3-venv")
    }

    static func sqlite(_ version: String?) -> DoctorResult {
        guard let version else {
            return DoctorResult("sqlite", .fail, "the SQLite library is not there", fix: "apt-get install libsqlite3-0")
        }
        guard version.compare(oldestSQLite, options: .numeric) != .orderedAscending else {
            return DoctorResult("sqlite", .fail, "SQLite \(version) is too old", fix: "upgrade libsqlite3-0 to \(oldestSQLite) or newer")
        }
        return DoctorResult("sqlite", .ok, "SQLite \(version)")
    }

    static func disk(free: Int64?, folder: String) -> DoctorResult {
        guard let free else { return DoctorResult("disk", .warn, "cannot tell how much room is left at '\(folder)'") }
        let detail = "\(free / 1_000_000) MB free at '\(folder)'"
        if free < noSpace { return DoctorResult("disk", .fail, detail, fix: "free some space, or use a state folder on another disk") }
        if free < littleSpace { return DoctorResult("disk", .warn, detail, fix: "2 GB leave room for conversations and the local engine") }
        return DoctorResult("disk", .ok, detail)
    }

    static func port(_ wanted: DoctorSettings.Port, holder: PortHolder?) -> DoctorResult {
        let name = "port \(wanted.port)"
        guard let holder else { return DoctorResult(name, .ok, "free for the \(wanted.name)") }
        if holder.name == "aurora" { return DoctorResult(name, .ok, "the \(wanted.name) of a running node: \(holder)") }
        return DoctorResult(
            name, .fail, "wanted for the \(wanted.name), held by \(holder)",
            fix: "set 'ports: { \(wanted.name): … }' in aurora.yml to a free one, \(wanted.port) stays with its holder")
    }

    static func stateFolder(_ access: StateFolderAccess, path: String) -> DoctorResult {
        switch access {
        case .writable: DoctorResult("state folder", .ok, "'\(path)' can be written")
        case .canBeMade: DoctorResult("state folder", .ok, "'\(path)' will be made at the first start")
        case .notAFolder: DoctorResult("state folder", .fail, "'\(path)' is a file", fix: "move it away, or choose another state folder")
        case .refused(let place):
            DoctorResult(
                "state folder", .fail, "'\(place)' cannot be written by this user",
                fix: "chown -R \"$(id -un)\" '\(place)', or choose another state folder")
        }
    }

    /// - Parameter newestFile: when something in the state folder was last written.
    static func clock(now: Date, newestFile: Date?) -> DoctorResult {
        let fix = "set the clock, and keep it right with systemd-timesyncd or chrony"
        let shown = now.formatted(.iso8601)
        if now < earliestNow { return DoctorResult("clock", .fail, "it says \(shown), which is long past", fix: fix) }
        if let newestFile, newestFile.timeIntervalSince(now) > clockTolerance {
            return DoctorResult("clock", .warn, "it says \(shown), but state was written at \(newestFile.formatted(.iso8601))", fix: fix)
        }
        return DoctorResult("clock", .ok, shown)
    }

    static func ollama(status: Int?, url: String, localEngine: Bool) -> DoctorResult {
        if status == 200 { return DoctorResult("ollama", .ok, "answers at \(url)") }
        let found = status.map { "answers \($0) at \(url)" } ?? "does not answer at \(url)"
        if localEngine {
            return DoctorResult("ollama", .ok, "\(found); a node that finds no engine at all installs its own small one")
        }
        return DoctorResult(
            "ollama", .warn, found, fix: "start Ollama, name an engine in aurora.yml, or allow the local engine there")
    }
}

/// Why Python is of no use.
enum PythonTrouble: Error, Sendable, Equatable {
    case missing(String)
    case withoutVenv(version: String)
}

/// Whether the node can keep its state.
enum StateFolderAccess: Sendable, Equatable {
    case writable
    case canBeMade
    case notAFolder
    /// The folder that refuses: the state folder, or the nearest one above it that exists.
    case refused(String)
}
