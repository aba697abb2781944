public import AuroraModel
import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The folder that holds a node's state, claimed by one process at a time.
///
/// The claim is an advisory lock on `aurora.lock`, which the system takes back when the process ends, however it ends. It lasts as long
/// as this value: keep it, or hand it to `SQLiteStore.open(in:)`, which does.
public final class StateFolder: Sendable {
    public let path: String
    private let lock: Int32

    /// Where `SQLiteStore` keeps its file.
    public var databasePath: String { path + "/aurora.db" }

    private init(path: String, lock: Int32) {
        self.path = path
        self.lock = lock
    }

    deinit { close(lock) }

    /// Creates the folder (0700) when missing and claims it; throws `conflict` naming the holder when another process has it.
    public static func claim(_ path: String) throws(AuroraError) -> StateFolder {
        try StateFile.createFolder(path)
        let lockPath = path + "/aurora.lock"
        let lock = try StateFile.open(lockPath)
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(lock)
            throw code == EWOULDBLOCK ? taken(path, by: holder(lockPath)) : unlockable(path, code)
        }
        writeProcessID(to: lock)
        return StateFolder(path: path, lock: lock)
    }

    /// `$AURORA_STATE`, else `$XDG_STATE_HOME/aurora`, else `/var/lib/aurora` for root and `~/.local/state/aurora` for others.
    public static func defaultPath() throws(AuroraError) -> String {
        try defaultPath(environment: ProcessInfo.processInfo.environment, isRoot: geteuid() == 0)
    }

    static func defaultPath(environment: [String: String], isRoot: Bool) throws(AuroraError) -> String {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

        if let own = value("AURORA_STATE") { return own }
        // The XDG specification tells programs to ignore a relative path here.
        if let shared = value("XDG_STATE_HOME"), shared.hasPrefix("/") { return shared + "/aurora" }
        if isRoot { return "/var/lib/aurora" }
        guard let home = value("HOME") else {
            throw AuroraError(.invalid, "there is no folder for state: HOME is not set", hint: "set AURORA_STATE to a folder")
        }
        return home + "/.local/state/aurora"
    }

    /// For the message of the next process only; the lock itself decides, so a failure to write it changes nothing.
    private static func writeProcessID(to lock: Int32) {
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(lock, 0) == 0 else { return }
        _ = pwrite(lock, text, text.count, 0)
    }

    private static func holder(_ lockPath: String) -> Int32? {
        guard let text = try? String(contentsOfFile: lockPath, encoding: .utf8) else { return nil }
        return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private static func taken(_ path: String, by process: Int32?) -> AuroraError {
        guard let process else {
            return AuroraError(
                .conflict, "another process uses the state folder '\(path)'", hint: "stop it, or set AURORA_STATE to another folder")
        }
        let name = (try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8))
            .map { " (\($0.trimmingCharacters(in: .whitespacesAndNewlines)))" }
        return AuroraError(
            .conflict, "process \(process)\(name ?? "") uses the state folder '\(path)'",
            hint: "stop it with 'kill \(process)', or set AURORA_STATE to another folder")
    }

    private static func unlockable(_ path: String, _ code: Int32) -> AuroraError {
        AuroraError(
            .failed, "can not lock the state folder '\(path)': \(String(cString: strerror(code)))",
            hint: "keep state on a local file system; some network file systems have no locks")
    }
}
