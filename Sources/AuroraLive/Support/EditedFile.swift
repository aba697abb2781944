public import AuroraModel
import Foundation

/// A text file of the operator that is read, and replaced only if nobody else changed it meanwhile.
public struct EditedFile: Sendable {
    /// Symbolic links followed, so that a link stays one.
    public let path: String
    /// Nil: there was no such file.
    public let bytes: [UInt8]?
    private let facts: Facts?

    /// Who may do what with it, and which file it is.
    private struct Facts: Sendable, Equatable {
        let device: UInt64
        let inode: UInt64
        let mode: UInt32
        let user: UInt32
        let group: UInt32
    }

    /// - Parameter limit: of the file, in bytes. Throws `failed` for what is no file of that size.
    public init(_ path: String, limit: Int = 1 << 20) throws(AuroraError) {
        self.path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        facts = Self.facts(self.path)
        guard let facts else {
            bytes = nil
            return
        }
        guard facts.mode & UInt32(S_IFMT) == UInt32(S_IFREG) else {
            throw AuroraError(.failed, "'\(path)' is no regular file", hint: "name a text file")
        }
        let read = try Self.read(self.path, limit: limit)
        guard read.count <= limit else {
            throw AuroraError(.failed, "'\(path)' is larger than \(limit) bytes", hint: "check that it is the right file")
        }
        bytes = read
    }

    /// Writes a new file beside it, brings it to disk and renames it: a reader sees the old content or the new, also after a power cut.
    ///
    /// Keeps mode and owner. Throws `refused`, with nothing changed, when somebody else changed the file since it was read, or when its
    /// owner cannot be kept.
    /// - Parameter mode: of a file that is new.
    public func replace(with new: [UInt8], mode: UInt32 = 0o600) throws(AuroraError) {
        let temporary = "\(path).aurora-\(UInt32.random(in: 0 ... .max))"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path) }
        defer { unlink(temporary) }
        let stored = FolderFiles.writeAll(new, to: descriptor) && fsync(descriptor) == 0
        let cause = Self.failure(path)
        let owned = keepOwner(of: descriptor, mode: facts?.mode ?? mode)
        close(descriptor)
        guard stored else { throw cause }
        guard owned else {
            throw AuroraError(
                .refused, "'\(path)' was not written: this user cannot keep its owner and mode", hint: "run it as the owner of the file")
        }
        try install(temporary)
        let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private func keepOwner(of descriptor: Int32, mode: UInt32) -> Bool {
        if let facts, fchown(descriptor, uid_t(facts.user), gid_t(facts.group)) != 0 { return false }
        return fchmod(descriptor, mode_t(mode & 0o7777)) == 0
    }

    private func install(_ temporary: String) throws(AuroraError) {
        guard let bytes else {
            // Unlike a rename, a link never replaces what came there meanwhile.
            guard link(temporary, path) == 0 else { throw errno == EEXIST ? changed : Self.failure(path) }
            return
        }
        let now = Self.facts(path)
        guard now == facts, try Self.read(path, limit: bytes.count) == bytes else { throw changed }
        guard rename(temporary, path) == 0 else { throw Self.failure(path) }
    }

    private var changed: AuroraError {
        AuroraError(.refused, "'\(path)' was changed by somebody else meanwhile", hint: "nothing was written; run it again")
    }

    private static func facts(_ path: String) -> Facts? {
        var found = stat()
        guard stat(path, &found) == 0 else { return nil }
        return Facts(
            device: UInt64(truncatingIfNeeded: found.st_dev), inode: UInt64(found.st_ino), mode: UInt32(found.st_mode),
            user: UInt32(found.st_uid), group: UInt32(found.st_gid))
    }

    /// One byte more than the limit shows that there is more.
    private static func read(_ path: String, limit: Int) throws(AuroraError) -> [UInt8] {
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            data = try handle.read(upToCount: limit + 1) ?? Data()
        } catch {
            throw AuroraError(.failed, "cannot read '\(path)': \(FolderFiles.reason(error))", hint: "check who owns the file, and its mode")
        }
        return Array(data)
    }

    private static func failure(_ path: String) -> AuroraError {
        let hint = errno == ENOSPC ? "free some disk space" : "check who owns the folder, and its mode"
        return AuroraError(.failed, "cannot write '\(path)': \(String(cString: strerror(errno)))", hint: hint)
    }
}
