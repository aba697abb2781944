import AuroraModel
import Foundation

/// Files and folders that only their owner may read.
public enum FolderFiles {
    static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw AuroraError(.failed, "cannot create the folder '\(path)': \(reason(error))", hint: "check who owns the folder above it")
        }
    }

    /// Replaces the file as a whole: a reader sees the old content or the new, also after a power cut.
    /// - Parameter mode: permission bits; the file is never readable for more than these.
    public static func write(_ bytes: [UInt8], to path: String, mode: Int = 0o600) throws {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path) }
        let stored = fchmod(descriptor, mode_t(mode)) == 0 && writeAll(bytes, to: descriptor) && fsync(descriptor) == 0
        let cause = failure(path)
        close(descriptor)
        guard stored else {
            unlink(temporary)
            throw cause
        }
        guard rename(temporary, path) == 0 else { throw failure(path) }
    }

    static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }

    /// Bytes of all files below `path`; 0 when there is none. Files that vanish meanwhile count as nothing.
    static func size(of path: String) -> Int64 {
        guard let names = FileManager.default.enumerator(atPath: path) else { return 0 }
        return names.compactMap { $0 as? String }.reduce(0) { sum, name in
            var facts = stat()
            guard lstat("\(path)/\(name)", &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return sum }
            return sum + Int64(facts.st_size)
        }
    }

    static func reason(_ error: any Error) -> String {
        let error = error as NSError
        return (error.userInfo[NSUnderlyingErrorKey] as? any Error).map { ($0 as NSError).localizedDescription }
            ?? error.localizedDescription
    }

    private static func failure(_ path: String) -> AuroraError {
        let hint = errno == ENOSPC ? "free some disk space" : "check who owns the folder, and its mode"
        return AuroraError(.failed, "cannot write '\(path)': \(String(cString: strerror(errno)))", hint: hint)
    }
}
