import AuroraModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Files and folders that only their owner may read.
enum StateFile {
    /// Creates the file (0600) and its folder (0700) when missing, and takes a wider mode away from a file that exists.
    ///
    /// SQLite gives the files beside the database (`-wal`, `-shm`) the mode of the database.
    static func prepare(_ path: String) throws(AuroraError) {
        if let slash = path.lastIndex(of: "/") { try createFolder(String(path[..<slash])) }
        close(try open(path))
        for name in [path + "-wal", path + "-shm"] where access(name, F_OK) == 0 { tighten(name) }
    }

    /// Opens for reading and writing, created 0600 when missing. The caller closes the descriptor, which children do not inherit.
    static func open(_ path: String) throws(AuroraError) -> Int32 {
        #if canImport(Glibc)
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        #else
        let descriptor = Darwin.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        #endif
        guard descriptor >= 0 else { throw unusable("file", path, errno) }
        tighten(path)
        return descriptor
    }

    /// Creates what is missing of the path. A folder that exists keeps its mode: it may hold more than Aurora's state.
    static func createFolder(_ path: String) throws(AuroraError) {
        var folder = path.hasPrefix("/") ? "/" : ""
        for component in path.split(separator: "/") {
            folder += component
            guard access(folder, F_OK) == 0 || mkdir(folder, 0o700) == 0 || errno == EEXIST else {
                throw unusable("folder", path, errno)
            }
            folder += "/"
        }
    }

    /// A file of another owner keeps its mode: then that owner has decided who may read it.
    private static func tighten(_ path: String) { _ = chmod(path, 0o600) }

    private static func unusable(_ kind: String, _ path: String, _ code: Int32) -> AuroraError {
        AuroraError(
            .failed, "can not use the \(kind) '\(path)' for state: \(String(cString: strerror(code)))",
            hint: "make it writable for this user, or set AURORA_STATE to a folder that is")
    }
}
