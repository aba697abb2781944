import AuroraModel
import Foundation

/// Reads files and folders without changing anything of them, and says apart what is not there from what may not be seen.
enum MachineFile {
    private static let pieceSize = 64 << 10

    static func read(_ path: String, limit: Int) throws(AuroraError) -> [UInt8]? {
        // Without waiting: a pipe that nobody writes to would never open.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return try nothing(path, errno) }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw AuroraError(.failed, "cannot read '\(path)': it is no file")
        }
        var bytes: [UInt8] = []
        // Files of the kernel come in pieces, and their size is not known beforehand.
        var piece = [UInt8](repeating: 0, count: min(pieceSize, max(1, limit)))
        while bytes.count < limit {
            let count = Foundation.read(descriptor, &piece, min(piece.count, limit - bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return try nothing(path, errno) }
            if count == 0 { break }
            bytes += piece[..<count]
        }
        return bytes
    }

    static func list(_ folder: String) throws(AuroraError) -> [String]? {
        guard let stream = opendir(folder) else { return try nothing(folder, errno) }
        defer { closedir(stream) }
        guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return [] }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = String(cString: UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self))
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func isFolder(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
    }

    static func isProgram(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }

    static func linkTarget(_ path: String) -> String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    /// A process that ended meanwhile is like a file that was never there.
    private static func nothing<Value>(_ path: String, _ code: Int32) throws(AuroraError) -> Value? {
        switch code {
        case ENOENT, ENOTDIR, ESRCH: return nil
        case EACCES, EPERM:
            throw AuroraError(.forbidden, "cannot open '\(path)': this user may not", hint: "run it as root")
        default: throw AuroraError(.failed, "cannot read '\(path)': \(String(cString: strerror(code)))")
        }
    }
}
