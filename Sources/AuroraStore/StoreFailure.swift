import AuroraModel
import GRDB

/// Turns what SQLite reports into what an operator can act on.
enum StoreFailure {
    static func describe(_ error: any Error, path: String) -> AuroraError {
        switch error {
        case let error as AuroraError: error
        case let error as DatabaseError: describe(code: error.extendedResultCode.rawValue, detail: error.message ?? "", path: path)
        case is RowDecodingError, is DecodingError: damaged(path, "a row does not fit the schema")
        default: AuroraError(.failed, "the state database '\(path)' failed: \(error)")
        }
    }

    /// `code` is an extended result code of SQLite; its low byte is the primary one.
    static func describe(code: Int32, detail: String, path: String) -> AuroraError {
        switch ResultCode(rawValue: code & 0xFF) {
        case .SQLITE_NOTADB:
            AuroraError(
                .failed, "'\(path)' is not a SQLite database",
                hint: "put a backup in its place, or move it away to start with an empty one")
        case .SQLITE_CORRUPT: damaged(path, detail)
        case .SQLITE_FULL: full(path)
        case .SQLITE_IOERR: inputOutput(code, detail, path)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            AuroraError(
                .failed, "can not write the state database '\(path)': \(detail)",
                hint: "make the file and its folder writable for this user, on a file system that is not read-only")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            AuroraError(
                .unavailable, "another program holds the state database '\(path)'",
                hint: "end it ('fuser \(path)' names it), then try again")
        case .SQLITE_TOOBIG:
            AuroraError(.tooLarge, "the text is too long to be stored: \(detail)", hint: "send less than 1 GB at once")
        case .SQLITE_MISUSE:
            AuroraError(.unavailable, "the state database '\(path)' is closed", hint: "the node is stopping; try again when it runs")
        default:
            AuroraError(.failed, "the state database '\(path)' failed: \(detail) (SQLite code \(code))", hint: "see docs/state.md")
        }
    }

    private static func damaged(_ path: String, _ detail: String) -> AuroraError {
        AuroraError(
            .failed, "the state database '\(path)' is damaged: \(detail)",
            hint: "stop the node and put a backup in its place; 'sqlite3 \(path) .recover' prints what can still be read")
    }

    private static func full(_ path: String) -> AuroraError {
        AuroraError(
            .unavailable, "no space left for the state database '\(path)'",
            hint: "free space on its file system and try again; what was stored before is intact")
    }

    /// The files beside the database fail with these when there is no room to grow them.
    private static func inputOutput(_ code: Int32, _ detail: String, _ path: String) -> AuroraError {
        switch ResultCode(rawValue: code) {
        case .SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR_WRITE: full(path)
        default:
            AuroraError(
                .failed, "reading or writing the state database '\(path)' failed: \(detail) (SQLite code \(code))",
                hint: "look for disk errors with 'dmesg', and put the state folder on a sound disk")
        }
    }
}
